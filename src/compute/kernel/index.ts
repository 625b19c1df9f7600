export * from "./bit-lists.ts";
export * from "./language.ts";
