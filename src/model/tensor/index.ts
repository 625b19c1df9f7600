export * from "./quantizer.ts";
export * from "./spike-train.ts";
export * from "./tensor.ts";
