// Which position of a window receives the gradient that comes back: the winner of a maximum.

import { apply, i32, load, times, type KernelBuilder, type Local, type Value } from "../../kernel/language.ts";
import { laneMasks } from "../code.ts";
import type { ConvolutionPlan } from "./plan.ts";

/** Of eight vectors, where each position of a window receives what comes back: a bit for each lane. Undefined: everywhere. */
export function receivers(
  k: KernelBuilder,
  { window }: ConvolutionPlan,
  winners: Local,
  part: number,
): readonly (Local | undefined)[] {
  const count = window.size ** 2;
  if (window.kind !== "max" || count === 1) return Array.from({ length: count }, () => undefined);
  const rest = k.keep(i32(-1));
  const later = Array.from({ length: count - 1 }, (_, i) => {
    const beats = k.keep(load("i32", winners, 4 * (part * (count - 1) + count - 2 - i)));
    const wins = k.keep(apply("i32.and", beats, rest));
    k.set(rest, apply("i32.and", rest, apply("i32.xor", beats, i32(-1))));
    return wins;
  });
  return [rest, ...later.toReversed()];
}

/** The mask of vector `j` of eight. */
export function laneMask(bits: Local, j: number): Value {
  const four = apply("i32.and", apply("i32.shr_u", bits, i32(4 * j)), i32(15));
  return load("v128", times(four, 16), laneMasks);
}
