// Every rule as PyTorch defines it (torch.optim, same defaults). A step computes in double precision and rounds every stored
// number to float32 once, where PyTorch rounds after each operation: the two agree to about 1e-6 of a step, not bit for bit.

import { assertDefined, throwProblems, type Problem } from "../../base/index.ts";
import { rangeProblems, type NumberOption } from "./number-option.ts";

export interface Sgd {
  readonly kind: "sgd";
  readonly momentum?: number | undefined;
  readonly dampening?: number | undefined;
  readonly nesterov?: boolean | undefined;
  readonly weightDecay?: number | undefined;
}

export interface Adam {
  /** "adam" adds the decay to the gradient, "adamw" shrinks the weights beside it. */
  readonly kind: "adam" | "adamw";
  readonly meanDecay?: number | undefined;
  readonly squareDecay?: number | undefined;
  readonly epsilon?: number | undefined;
  readonly weightDecay?: number | undefined;
}

export interface RmsProp {
  readonly kind: "rmsprop";
  readonly squareDecay?: number | undefined;
  readonly epsilon?: number | undefined;
  readonly momentum?: number | undefined;
  readonly isCentered?: boolean | undefined;
  readonly weightDecay?: number | undefined;
}

export type OptimizerSpec = Sgd | Adam | RmsProp;

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
  return Object.fromEntries(stateNames(spec).map((name) => [name, new Float32Array(length)]));
}

/** Take one step; writes `weights` and `state`. Hot. */
export function optimizerStep(spec: OptimizerSpec, update: OptimizerUpdate): void {
  switch (spec.kind) {
    case "sgd":
      return sgdStep(spec, update);
    case "adam":
    case "adamw":
      return adamStep(spec, update);
    case "rmsprop":
      return rmsPropStep(spec, update);
    default:
      spec satisfies never;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function stateNames(spec: OptimizerSpec): readonly string[] {
  switch (spec.kind) {
    case "sgd":
      return (spec.momentum ?? 0) === 0 ? [] : ["momentum"];
    case "adam":
    case "adamw":
      return ["mean", "square"];
    case "rmsprop":
      return [
        "square",
        ...(spec.isCentered === true ? ["mean"] : []),
        ...((spec.momentum ?? 0) === 0 ? [] : ["momentum"]),
      ];
    default:
      return spec satisfies never;
  }
}

/** @source torch.optim.SGD: the first step fills the momentum with the whole gradient, whatever the dampening. */
function sgdStep(spec: Sgd, { weights, gradient, state, step, learningRate }: OptimizerUpdate): void {
  const { momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = spec;
  const velocity = momentum === 0 ? undefined : assertDefined(state["momentum"], "momentum");
  const added = step === 1 ? 1 : 1 - dampening;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    let move = (gradient[i] ?? 0) + weightDecay * weight;
    if (velocity !== undefined) {
      const v = momentum * (velocity[i] ?? 0) + added * move;
      velocity[i] = v;
      move = nesterov ? move + momentum * v : v;
    }
    weights[i] = weight - learningRate * move;
  }
}

/** @source torch.optim.Adam and AdamW: ε is added after the bias correction of the mean square. */
function adamStep(spec: Adam, { weights, gradient, state, step, learningRate }: OptimizerUpdate): void {
  const { meanDecay = 0.9, squareDecay = 0.999, epsilon = 1e-8 } = spec;
  const decay = spec.weightDecay ?? (spec.kind === "adamw" ? 0.01 : 0);
  const keep = spec.kind === "adamw" ? 1 - learningRate * decay : 1;
  const added = spec.kind === "adam" ? decay : 0;
  const mean = assertDefined(state["mean"], "mean");
  const square = assertDefined(state["square"], "square");
  const rate = learningRate / (1 - meanDecay ** step);
  const correction = 1 / Math.sqrt(1 - squareDecay ** step);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    const g = (gradient[i] ?? 0) + added * weight;
    const m = meanDecay * (mean[i] ?? 0) + (1 - meanDecay) * g;
    const s = squareDecay * (square[i] ?? 0) + (1 - squareDecay) * g * g;
    mean[i] = m;
    square[i] = s;
    weights[i] = keep * weight - (rate * m) / (Math.sqrt(s) * correction + epsilon);
  }
}

/** @source torch.optim.RMSprop: ε is added after the root; `isCentered` divides by the standard deviation. */
function rmsPropStep(spec: RmsProp, { weights, gradient, state, learningRate }: OptimizerUpdate): void {
  const { squareDecay = 0.99, epsilon = 1e-8, momentum = 0, isCentered = false, weightDecay = 0 } = spec;
  const square = assertDefined(state["square"], "square");
  const mean = isCentered ? assertDefined(state["mean"], "mean") : undefined;
  const velocity = momentum === 0 ? undefined : assertDefined(state["momentum"], "momentum");
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    const g = (gradient[i] ?? 0) + weightDecay * weight;
    const s = squareDecay * (square[i] ?? 0) + (1 - squareDecay) * g * g;
    square[i] = s;
    let spread = s;
    if (mean !== undefined) {
      const m = squareDecay * (mean[i] ?? 0) + (1 - squareDecay) * g;
      mean[i] = m;
      // Rounding may leave the variance of a constant gradient just below zero.
      spread = Math.max(0, s - m * m);
    }
    let move = g / (Math.sqrt(spread) + epsilon);
    if (velocity !== undefined) {
      move += momentum * (velocity[i] ?? 0);
      velocity[i] = move;
    }
    weights[i] = weight - learningRate * move;
  }
}
