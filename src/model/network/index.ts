export * from "./arrays.ts";
export * from "./layer.ts";
export * from "./network.ts";
export * from "./validate.ts";
