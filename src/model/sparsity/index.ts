export * from "./break-even.ts";
export * from "./formats/index.ts";
export * from "./measures.ts";
