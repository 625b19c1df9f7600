export * from "./platform.ts";
export * from "./sibling-module.ts";
export * from "./team.ts";
