export * from "./event-counts.ts";
export * from "./event-trace.ts";
export * from "./fast/fast-golden.ts";
export * from "./golden-model.ts";
export * from "./integer-network.ts";
export * from "./lower-network.ts";
export * from "./packed-network.ts";
