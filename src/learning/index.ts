export * from "./data/index.ts";
export * from "./pruning/index.ts";
export * from "./quantization/index.ts";
export * from "./training/index.ts";
