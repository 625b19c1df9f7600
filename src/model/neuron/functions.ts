// What the neuron language says with its own operations. Each is exact in the same way everywhere, because each is nothing
// but its operations: kernels, reference and hardware round the same steps.

import {
  above,
  add,
  atLeast,
  constant,
  div,
  floor,
  mul,
  powerOfTwo,
  select,
  sub,
  through,
  type Expression,
} from "./expression.ts";

/** The value without a gradient. */
export function detached(value: Expression): Expression {
  return through(value, constant(0));
}

/** The larger value; the gradient goes to it alone. */
export function larger(a: Expression, b: Expression): Expression {
  return select(detached(above(a, b)), a, b);
}

export function smaller(a: Expression, b: Expression): Expression {
  return select(detached(above(b, a)), a, b);
}

export function clamped(value: Expression, low: Expression, high: Expression): Expression {
  return smaller(larger(value, low), high);
}

export function absolute(value: Expression): Expression {
  return select(detached(above(value, constant(0))), value, sub(constant(0), value));
}

/** Rounded toward 0. */
export function truncated(value: Expression): Expression {
  const negated = sub(constant(0), value);
  return select(detached(above(constant(0), value)), sub(constant(0), floor(negated)), floor(value));
}

/**
 * e^x within 2 ulp of 32-bit floats for −87 ≤ x ≤ 88; beyond, the value at the nearer end. x = n·ln 2 + r with n whole and
 * |r| ≤ ln 2 / 2; e^x = 2^n · e^r, and e^r is its Taylor polynomial of degree 7, whose remainder is below 7e-9.
 */
export function exponential(value: Expression): Expression {
  const x = clamped(value, constant(-87), constant(88));
  const n = floor(add(mul(x, constant(Math.LOG2E)), constant(0.5)));
  // ln 2 in two parts, the first with few digits, so that n times it is exact.
  const high = 0.693359375;
  const r = sub(sub(x, mul(n, constant(high))), mul(n, constant(Math.LN2 - high)));
  return mul(polynomial(r, [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]), powerOfTwo(n));
}

/** 1 / (1 + e^−x). */
export function sigmoid(x: Expression): Expression {
  return div(constant(1), add(constant(1), exponential(sub(constant(0), x))));
}

/**
 * ln x for 2^−60 ≤ x ≤ 2^60, within 1.5e-7 · max(1, |ln x|). x = m · 2^n with 1 ≤ m < 2, and
 * ln m = 2 artanh((m − 1) / (m + 1)), whose series ends below 1e-8.
 */
export function logarithm(x: Expression): Expression {
  let [m, n]: [Expression, Expression] = [mul(x, constant(2 ** 60)), constant(-60)];
  for (const k of [64, 32, 16, 8, 4, 2, 1]) {
    const isLarge = detached(atLeast(m, constant(2 ** k)));
    m = select(isLarge, mul(m, constant(2 ** -k)), m);
    n = select(isLarge, add(n, constant(k)), n);
  }
  const s = div(sub(m, constant(1)), add(m, constant(1)));
  const series = polynomial(mul(s, s), [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11, 2 / 13, 2 / 15]);
  return add(mul(n, constant(Math.LN2)), mul(s, series));
}

/** cos x within 1e-6 for |x| ≤ 10: folded to a quarter turn, then a Taylor polynomial. */
export function cosine(x: Expression): Expression {
  const turns = mul(x, constant(1 / (2 * Math.PI)));
  const part = absolute(sub(turns, floor(add(turns, constant(0.5))))); // 0…1/2 turn
  const isFar = detached(above(part, constant(0.25)));
  const angle = mul(select(isFar, sub(constant(0.5), part), part), constant(2 * Math.PI)); // 0…π/2
  const value = polynomial(mul(angle, angle), [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600]);
  return select(isFar, sub(constant(0), value), value);
}

/** Coefficients from the constant up, by Horner's rule. */
export function polynomial(x: Expression, coefficients: readonly number[]): Expression {
  return coefficients
    .slice(0, -1)
    .reduceRight((sum, c) => add(mul(sum, x), constant(c)), constant(coefficients.at(-1) ?? 0));
}

/** The nearest of ascending `levels`, the lower one in a tie; it learns as if it were the value itself. */
export function snapped(value: Expression, levels: readonly number[]): Expression {
  const between = (from: number, to: number): Expression => {
    const low = constant(levels[from] ?? 0);
    if (from === to) return low;
    const middle = Math.floor((from + to) / 2);
    const isAbove = above(sub(value, constant(levels[middle] ?? 0)), sub(constant(levels[middle + 1] ?? 0), value));
    return select(isAbove, between(middle + 1, to), between(from, middle));
  };
  return through(between(0, levels.length - 1), value);
}
