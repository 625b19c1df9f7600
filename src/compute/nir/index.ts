export * from "./population-steps.ts";
export * from "./run-nir.ts";
