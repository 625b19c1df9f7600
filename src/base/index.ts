export * from "./data-tree.ts";
export * from "./errors.ts";
export * from "./hash.ts";
export * from "./progress.ts";
export * from "./quantity.ts";
export * from "./random.ts";
export * from "./range.ts";
export * from "./suggest.ts";
