export * from "./differentiate.ts";
export * from "./evaluate.ts";
export * from "./expression.ts";
export * from "./integer.ts";
export * from "./lower.ts";
export * from "./models/index.ts";
export * from "./neuron.ts";
export * from "./spec.ts";
