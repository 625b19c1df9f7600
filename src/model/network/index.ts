export * from "./arrays.ts";
export * from "./delays.ts";
export * from "./layer.ts";
export * from "./network.ts";
export * from "./normalization.ts";
export * from "./validate.ts";
export { removeDeadNeurons, type Removal } from "./passes/remove-dead-neurons.ts";
