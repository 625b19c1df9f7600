export * from "./flatten.ts";
export * from "./graph.ts";
export * from "./node-types.ts";
export * from "./order.ts";
export * from "./read.ts";
export * from "./repair.ts";
export * from "./shapes.ts";
export * from "./write.ts";
