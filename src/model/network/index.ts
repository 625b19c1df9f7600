export * from "./arrays.ts";
export * from "./layer.ts";
export * from "./network.ts";
export * from "./validate.ts";
export { removeDeadNeurons, type Removal } from "./passes/remove-dead-neurons.ts";
