export * from "./decide.ts";
export * from "./encoding.ts";
