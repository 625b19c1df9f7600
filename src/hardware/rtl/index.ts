export * from "./design.ts";
export * from "./hdl.generated.ts";
export * from "./host-word.ts";
export * from "./mangle.ts";
export * from "./neuron-datapath.ts";
