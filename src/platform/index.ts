export * from "./platform.ts";
export * from "./team.ts";
