export * from "./network.ts";
export * from "./validate.ts";
