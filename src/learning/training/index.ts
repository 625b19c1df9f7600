export { adamStep, cosineRate, zeroMoments, type Moments } from "./adam.ts";
export { evaluateNetwork, type Evaluation } from "./evaluate.ts";
export * from "./losses/index.ts";
export { initialNetwork } from "./initialize.ts";
export { evaluateLoss, type Loss, type LossResult } from "./loss.ts";
export * from "./train.ts";
