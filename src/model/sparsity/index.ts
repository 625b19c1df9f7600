export * from "./formats.ts";
export * from "./measures.ts";
