/** The library: everything the command line is made of. Node's side of the platform is `nodePlatform`. */
export * from "./base/index.ts";
export * from "./compute/index.ts";
export * from "./experiment/index.ts";
export * from "./exploration/index.ts";
export * from "./hardware/cost/index.ts";
export * from "./hardware/family/index.ts";
export * from "./hardware/golden/index.ts";
export * from "./hardware/rtl/index.ts";
export * from "./hardware/target/index.ts";
export * from "./learning/index.ts";
export * from "./model/encoding/index.ts";
export * from "./model/network/index.ts";
export * from "./model/neuron/index.ts";
export * from "./model/sparsity/index.ts";
export * from "./model/tensor/index.ts";
export * from "./platform/index.ts";
export { nodePlatform } from "./platform/node/index.ts";
