// How weights follow their gradients. Each rule is written once, over any arithmetic: numbers in the reference, vectors in kernels.
// Definitions and defaults are PyTorch's (torch.optim), so that results can be compared.

import { assertDefined } from "../base/index.ts";

/** @source torch.optim.SGD: the first step fills the momentum with the whole gradient, whatever the dampening. */
export interface Sgd {
  readonly kind: "sgd";
  readonly momentum?: number | undefined;
  readonly dampening?: number | undefined;
  readonly nesterov?: boolean | undefined;
  readonly weightDecay?: number | undefined;
}

/** @source torch.optim.Adam and AdamW: ε is added after the bias correction of the mean square. */
export interface Adam {
  /** "adam" adds the decay to the gradient, "adamw" shrinks the weights beside it. */
  readonly kind: "adam" | "adamw";
  readonly meanDecay?: number | undefined;
  readonly squareDecay?: number | undefined;
  readonly epsilon?: number | undefined;
  readonly weightDecay?: number | undefined;
}

/** @source torch.optim.RMSprop: ε is added after the root; `isCentered` divides by the standard deviation. */
export interface RmsProp {
  readonly kind: "rmsprop";
  readonly squareDecay?: number | undefined;
  readonly epsilon?: number | undefined;
  readonly momentum?: number | undefined;
  readonly isCentered?: boolean | undefined;
  readonly weightDecay?: number | undefined;
}

export type Optimizer = Sgd | Adam | RmsProp;

/** What one update needs beside gradient and moments. */
export interface UpdateStep {
  readonly learningRate: number;
  /** Updates so far, this one included: counted from 1. */
  readonly step: number;
}

/** The arithmetic that a rule is written in; every operation rounds to 32 bits. */
export interface Arithmetic<Value> {
  readonly constant: (value: number) => Value;
  readonly add: (a: Value, b: Value) => Value;
  readonly sub: (a: Value, b: Value) => Value;
  readonly mul: (a: Value, b: Value) => Value;
  readonly div: (a: Value, b: Value) => Value;
  readonly sqrt: (a: Value) => Value;
  readonly max: (a: Value, b: Value) => Value;
}

/** Scalars that change from update to update, rounded to 32 bits. */
export interface UpdateScalars<Value> {
  /** What a whole step is multiplied with. */
  readonly rate: Value;
  /** What a weight is multiplied with first. */
  readonly keep: Value;
  /** Adam: 1 / √(1 − squareDecay^step). SGD: share of the gradient that enters the momentum. */
  readonly correction: Value;
}

/** The arrays that an optimizer remembers beside each array of weights, in order. */
export function momentNames(optimizer: Optimizer): readonly string[] {
  switch (optimizer.kind) {
    case "sgd":
      return (optimizer.momentum ?? 0) === 0 ? [] : ["momentum"];
    case "adam":
    case "adamw":
      return ["mean", "square"];
    case "rmsprop":
      return [
        "square",
        ...(optimizer.isCentered === true ? ["mean"] : []),
        ...((optimizer.momentum ?? 0) === 0 ? [] : ["momentum"]),
      ];
    default:
      return optimizer satisfies never;
  }
}

export function updateScalars(optimizer: Optimizer, { learningRate, step }: UpdateStep): UpdateScalars<number> {
  switch (optimizer.kind) {
    case "sgd":
      return { rate: learningRate, keep: 1, correction: step === 1 ? 1 : 1 - (optimizer.dampening ?? 0) };
    case "adam":
    case "adamw": {
      const { meanDecay, squareDecay } = adamNumbers(optimizer);
      const decay = optimizer.kind === "adamw" ? (optimizer.weightDecay ?? adamwDecay) : 0;
      return {
        rate: learningRate / (1 - meanDecay ** step),
        keep: 1 - learningRate * decay,
        correction: 1 / Math.sqrt(1 - squareDecay ** step),
      };
    }
    case "rmsprop":
      return { rate: learningRate, keep: 1, correction: 1 };
    default:
      return optimizer satisfies never;
  }
}

/** The new weight and the new moments, in the order of `momentNames`. */
export function updateRule<Value>(
  optimizer: Optimizer,
  a: Arithmetic<Value>,
  values: {
    readonly weight: Value;
    readonly gradient: Value;
    readonly moments: readonly Value[];
    readonly scalars: UpdateScalars<Value>;
  },
): { readonly weight: Value; readonly moments: readonly Value[] } {
  const { weight, scalars } = values;
  const names = momentNames(optimizer);
  const moment = (name: string): Value => assertDefined(values.moments[names.indexOf(name)], name);
  const blend = (share: number, old: Value, fresh: Value): Value =>
    a.add(a.mul(a.constant(share), old), a.mul(a.constant(1 - share), fresh));
  const moved = (step: Value): Value => a.sub(weight, a.mul(scalars.rate, step));
  switch (optimizer.kind) {
    case "sgd": {
      const gradient = pulled(optimizer.weightDecay, a, weight, values.gradient);
      const momentum = optimizer.momentum ?? 0;
      if (momentum === 0) return { weight: moved(gradient), moments: [] };
      const velocity = a.add(a.mul(a.constant(momentum), moment("momentum")), a.mul(scalars.correction, gradient));
      const ahead = optimizer.nesterov === true ? a.add(gradient, a.mul(a.constant(momentum), velocity)) : velocity;
      return { weight: moved(ahead), moments: [velocity] };
    }
    case "adam":
    case "adamw": {
      const { meanDecay, squareDecay, epsilon } = adamNumbers(optimizer);
      const coupled = optimizer.kind === "adam" ? optimizer.weightDecay : undefined;
      const gradient = pulled(coupled, a, weight, values.gradient);
      const mean = blend(meanDecay, moment("mean"), gradient);
      const square = blend(squareDecay, moment("square"), a.mul(gradient, gradient));
      const size = a.add(a.mul(a.sqrt(square), scalars.correction), a.constant(epsilon));
      const kept = optimizer.kind === "adamw" ? a.mul(scalars.keep, weight) : weight;
      return { weight: a.sub(kept, a.div(a.mul(scalars.rate, mean), size)), moments: [mean, square] };
    }
    case "rmsprop": {
      const { squareDecay = 0.99, epsilon = 1e-8, momentum = 0 } = optimizer;
      const gradient = pulled(optimizer.weightDecay, a, weight, values.gradient);
      const square = blend(squareDecay, moment("square"), a.mul(gradient, gradient));
      const mean = optimizer.isCentered === true ? [blend(squareDecay, moment("mean"), gradient)] : [];
      // Rounding may leave the variance of a constant gradient just below zero.
      const spread = mean.reduce((s, m) => a.max(a.constant(0), a.sub(s, a.mul(m, m))), square);
      const step = a.div(gradient, a.add(a.sqrt(spread), a.constant(epsilon)));
      if (momentum === 0) return { weight: moved(step), moments: [square, ...mean] };
      const velocity = a.add(a.mul(a.constant(momentum), moment("momentum")), step);
      return { weight: moved(velocity), moments: [square, ...mean, velocity] };
    }
    default:
      return optimizer satisfies never;
  }
}

/** One update of an array, in 32-bit steps; writes `weights` and `moments`. */
export function updateArray(
  optimizer: Optimizer,
  step: UpdateStep,
  arrays: {
    readonly weights: Float32Array;
    readonly gradient: Float32Array;
    readonly moments: readonly Float32Array[];
  },
): void {
  const { weights, gradient, moments } = arrays;
  const exact = updateScalars(optimizer, step);
  const scalars = {
    rate: fround(exact.rate),
    keep: fround(exact.keep),
    correction: fround(exact.correction),
  };
  for (let i = 0; i < weights.length; i++) {
    const result = updateRule(optimizer, floats, {
      weight: weights[i] ?? 0,
      gradient: gradient[i] ?? 0,
      moments: moments.map((moment) => moment[i] ?? 0),
      scalars,
    });
    weights[i] = result.weight;
    moments.forEach((moment, k) => (moment[i] = result.moments[k] ?? 0));
  }
}

// ---------------------------------------------------------------------------------------------------------------------

const { fround } = Math;
const adamwDecay = 0.01;

const floats: Arithmetic<number> = {
  constant: fround,
  add: (a, b) => fround(a + b),
  sub: (a, b) => fround(a - b),
  mul: (a, b) => fround(a * b),
  div: (a, b) => fround(a / b),
  sqrt: (a) => fround(Math.sqrt(a)),
  max: Math.max,
};

function adamNumbers({ meanDecay, squareDecay, epsilon }: Adam): {
  readonly meanDecay: number;
  readonly squareDecay: number;
  readonly epsilon: number;
} {
  return { meanDecay: meanDecay ?? 0.9, squareDecay: squareDecay ?? 0.999, epsilon: epsilon ?? 1e-8 };
}

/** The gradient with the pull of weight decay. */
function pulled<Value>(decay: number | undefined, a: Arithmetic<Value>, weight: Value, gradient: Value): Value {
  return decay === undefined || decay === 0 ? gradient : a.add(gradient, a.mul(a.constant(decay), weight));
}
