export * from "./learned-range.ts";
export * from "./mixed-precision.ts";
export * from "./post-training.ts";
export * from "./rounding.ts";
export * from "./scheme.ts";
