// How weights follow their gradients. Each rule is written once, over any arithmetic: numbers in the reference, vectors in kernels.
// Definitions and defaults are PyTorch's (torch.optim of version 2), so that results can be compared.

import { assertDefined } from "../base/index.ts";

export type Optimizer =
  | {
      readonly kind: "sgd";
      readonly momentum?: number;
      readonly nesterov?: boolean;
      /** Added to the gradient as a pull towards 0. */
      readonly weightDecay?: number;
    }
  | { readonly kind: "adam"; readonly weightDecay?: number; readonly beta1?: number; readonly beta2?: number }
  /** Adam with decoupled weight decay. @source I. Loshchilov, F. Hutter, 2019, arXiv:1711.05101 */
  | { readonly kind: "adamw"; readonly weightDecay?: number; readonly beta1?: number; readonly beta2?: number }
  | { readonly kind: "rmsprop"; readonly alpha?: number; readonly momentum?: number; readonly weightDecay?: number };

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
}

/** Scalars that change from update to update, rounded to 32 bits. */
export interface UpdateScalars<Value> {
  readonly rate: Value;
  /** 1 − rate · weight decay. */
  readonly keep: Value;
  /** rate / (1 − β1^step). */
  readonly correction1: Value;
  /** 1 / (1 − β2^step). */
  readonly correction2: Value;
}

export function momentCount(optimizer: Optimizer | undefined): number {
  switch (optimizer?.kind) {
    case undefined:
      return 0;
    case "sgd":
      return (optimizer.momentum ?? 0) === 0 ? 0 : 1;
    case "adam":
    case "adamw":
      return 2;
    case "rmsprop":
      return (optimizer.momentum ?? 0) === 0 ? 1 : 2;
    default:
      return optimizer satisfies never;
  }
}

export function updateScalars(optimizer: Optimizer, { learningRate, step }: UpdateStep): UpdateScalars<number> {
  const isAdam = optimizer.kind === "adam" || optimizer.kind === "adamw";
  const { beta1, beta2 } = isAdam ? betas(optimizer) : { beta1: 0, beta2: 0 };
  return {
    rate: learningRate,
    keep: 1 - learningRate * (optimizer.weightDecay ?? defaultDecay(optimizer)),
    correction1: learningRate / (1 - beta1 ** step),
    correction2: 1 / (1 - beta2 ** step),
  };
}

/** The new weight and the new moments. */
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
  const { weight, moments, scalars } = values;
  const moment = (index: number): Value => assertDefined(moments[index], "moment");
  const blend = (share: number, old: Value, fresh: Value): Value =>
    a.add(a.mul(a.constant(share), old), a.mul(a.constant(1 - share), fresh));
  switch (optimizer.kind) {
    case "sgd": {
      const gradient = pulled(optimizer.weightDecay, a, weight, values.gradient);
      const momentum = optimizer.momentum ?? 0;
      if (momentum === 0) return { weight: a.sub(weight, a.mul(scalars.rate, gradient)), moments: [] };
      const velocity = a.add(a.mul(a.constant(momentum), moment(0)), gradient);
      const ahead = optimizer.nesterov === true ? a.add(gradient, a.mul(a.constant(momentum), velocity)) : velocity;
      return { weight: a.sub(weight, a.mul(scalars.rate, ahead)), moments: [velocity] };
    }
    case "adam":
    case "adamw": {
      const { beta1, beta2 } = betas(optimizer);
      const coupled = optimizer.kind === "adam" ? optimizer.weightDecay : undefined;
      const gradient = pulled(coupled, a, weight, values.gradient);
      const mean = blend(beta1, moment(0), gradient);
      const square = blend(beta2, moment(1), a.mul(gradient, gradient));
      const size = a.add(a.sqrt(a.mul(square, scalars.correction2)), a.constant(1e-8));
      const kept = optimizer.kind === "adamw" ? a.mul(scalars.keep, weight) : weight;
      return { weight: a.sub(kept, a.div(a.mul(scalars.correction1, mean), size)), moments: [mean, square] };
    }
    case "rmsprop": {
      const gradient = pulled(optimizer.weightDecay, a, weight, values.gradient);
      const square = blend(optimizer.alpha ?? 0.99, moment(0), a.mul(gradient, gradient));
      const step = a.div(gradient, a.add(a.sqrt(square), a.constant(1e-8)));
      const momentum = optimizer.momentum ?? 0;
      if (momentum === 0) return { weight: a.sub(weight, a.mul(scalars.rate, step)), moments: [square] };
      const velocity = a.add(a.mul(a.constant(momentum), moment(1)), step);
      return { weight: a.sub(weight, a.mul(scalars.rate, velocity)), moments: [square, velocity] };
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
    correction1: fround(exact.correction1),
    correction2: fround(exact.correction2),
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

const floats: Arithmetic<number> = {
  constant: fround,
  add: (a, b) => fround(a + b),
  sub: (a, b) => fround(a - b),
  mul: (a, b) => fround(a * b),
  div: (a, b) => fround(a / b),
  sqrt: (a) => fround(Math.sqrt(a)),
};

function betas(optimizer: Extract<Optimizer, { kind: "adam" | "adamw" }>): { beta1: number; beta2: number } {
  return { beta1: optimizer.beta1 ?? 0.9, beta2: optimizer.beta2 ?? 0.999 };
}

function defaultDecay(optimizer: Optimizer): number {
  return optimizer.kind === "adamw" ? 0.01 : 0;
}

/** The gradient with the pull of weight decay. */
function pulled<Value>(decay: number | undefined, a: Arithmetic<Value>, weight: Value, gradient: Value): Value {
  return decay === undefined || decay === 0 ? gradient : a.add(gradient, a.mul(a.constant(decay), weight));
}
