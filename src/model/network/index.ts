export * from "./arrays.ts";
export * from "./delays.ts";
export * from "./each-synapse.ts";
export * from "./layer.ts";
export * from "./network.ts";
export * from "./pool-values.ts";
export * from "./normalization.ts";
export * from "./validate.ts";
export { removeDeadNeurons, type Removal } from "./passes/remove-dead-neurons.ts";
