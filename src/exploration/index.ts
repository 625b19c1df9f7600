export * from "./front.ts";
export type { Evaluated, Sampler } from "./samplers/sampler.ts";
export * from "./space.ts";
export * from "./study.ts";
