export * from "./break-even.ts";
export * from "./formats/index.ts";
export * from "./measures.ts";
export * from "./network-run.ts";
export * from "./neurobench.ts";
export * from "./synaptic-operations.ts";
