export * from "./magnitude.ts";
