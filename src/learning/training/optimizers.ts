// The options of the optimizers, checked; the rules themselves are `compute`'s, the same for numbers and kernels.

import { assertDefined, throwProblems, type Problem } from "../../base/index.ts";
import { momentNames, updateArray, type Optimizer } from "../../compute/index.ts";
import { rangeProblems, type NumberOption } from "./number-option.ts";

export type OptimizerSpec = Optimizer;

/** What an optimizer remembers about one array of weights: arrays of the same length, by name. */
export type OptimizerState = Readonly<Record<string, Float32Array>>;

/** One step of one array of weights. */
export interface OptimizerUpdate {
  /** Written. */
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  /** Written. */
  readonly state: OptimizerState;
  /** Counted from 1. */
  readonly step: number;
  readonly learningRate: number;
}

const momentum: NumberOption = { from: 0, to: 1, byDefault: 0, meaning: "share of the last step that is kept" };
const weightDecay: NumberOption = { from: 0, to: 1e3, byDefault: 0, meaning: "pull of every weight to zero" };
const epsilon: NumberOption = { from: 0, to: 1, byDefault: 1e-8, meaning: "keeps denominators from zero" };
const squareDecay: NumberOption = {
  from: 0,
  to: 1,
  byDefault: 0.999,
  meaning: "share of the mean square kept per step",
};
const meanDecay: NumberOption = { from: 0, to: 1, byDefault: 0.9, meaning: "share of the mean gradient kept per step" };

/** The numbers of every optimizer with their ranges and defaults. */
export const optimizers: {
  readonly [Kind in OptimizerSpec["kind"]]: Readonly<Record<string, NumberOption>>;
} = {
  sgd: { momentum, dampening: { ...momentum, meaning: "share of the gradient kept out of the momentum" }, weightDecay },
  adam: { meanDecay, squareDecay, epsilon, weightDecay },
  adamw: { meanDecay, squareDecay, epsilon, weightDecay: { ...weightDecay, byDefault: 0.01 } },
  rmsprop: { squareDecay: { ...squareDecay, byDefault: 0.99 }, epsilon, momentum, weightDecay },
};

/** Everything wrong with the options of an optimizer; `path` leads to it in the user's document. */
export function optimizerProblems(spec: OptimizerSpec, path = `optimizer "${spec.kind}"`): readonly Problem[] {
  const code = "training/optimizer-option";
  const ranges = rangeProblems(optimizers[spec.kind], spec, { path, code });
  if (spec.kind !== "sgd" || spec.nesterov !== true) return ranges;
  if ((spec.momentum ?? 0) > 0 && (spec.dampening ?? 0) === 0) return ranges;
  return [...ranges, { code, path: `${path}.nesterov`, message: "needs a momentum above 0 and no dampening" }];
}

/**
 * The state before the first step: zeros.
 * @throws `training/optimizer-option`
 */
export function initialOptimizerState(spec: OptimizerSpec, length: number): OptimizerState {
  throwProblems(optimizerProblems(spec));
  return Object.fromEntries(momentNames(spec).map((name) => [name, new Float32Array(length)]));
}

/** Take one step; writes `weights` and `state`. */
export function optimizerStep(spec: OptimizerSpec, update: OptimizerUpdate): void {
  const { weights, gradient, state } = update;
  const moments = momentNames(spec).map((name) => assertDefined(state[name], name));
  updateArray(spec, update, { weights, gradient, moments });
}
