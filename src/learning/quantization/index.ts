export * from "./straight-through.ts";
