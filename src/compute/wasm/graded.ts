// What spikes carry, where that is more than 1: beside the bits that say who fires, a value for each neuron of a row. Lists stay
// lists of neurons: whoever reads a graded one looks the value up and multiplies, everybody else does what he did.

import { apply, i32, load, sum, times, type KernelBuilder, type Local, type Value } from "../kernel/language.ts";
import type { Allocator, Lanes } from "./memory-layout.ts";

export interface GradedPlan {
  /** Where values lie: [tile][row][width], 0 for who is silent. A row before the first is there, too. */
  readonly values: number;
  readonly rows: number;
  readonly tiles: number;
  readonly width: number;
  /** How neurons lie on places. */
  readonly lanes: Lanes;
}

/** How the neurons of a graded population lie. */
export type GradedShape = Pick<GradedPlan, "tiles" | "width" | "lanes">;

export function planGraded(memory: Allocator, rows: number, shape: GradedShape): GradedPlan {
  const rowBytes = 4 * shape.width;
  return { ...shape, rows, values: memory.take(rowBytes * (shape.tiles * rows + 1)) + rowBytes };
}

/** Byte offset, from `values`, of what a neuron sent in a row. */
export function sentAt(k: KernelBuilder, graded: GradedPlan, row: Value, neuron: Value): Value {
  const { lanes, rows, tiles, width } = graded;
  const spare = lanes.width - lanes.count;
  const number = k.keep(neuron);
  const place = spare === 0 ? number : k.keep(sum(number, times(apply("i32.div_u", number, i32(lanes.count)), spare)));
  if (tiles === 1) return times(sum(times(row, width), place), 4);
  // Only narrow tiles come in numbers, and their width is a power of two.
  const tile = apply("i32.shr_u", place, i32(Math.log2(width)));
  return times(sum(times(sum(times(tile, rows), row), width), apply("i32.and", place, i32(width - 1))), 4);
}

/** What a neuron sent in a row, in all lanes. */
export function loadSent(k: KernelBuilder, graded: GradedPlan, row: Value, neuron: Value): Local {
  return k.keep(load("v128.splat", sentAt(k, graded, row, neuron), graded.values));
}

/** The same values one row further: each row holds what was sent one step earlier. Addresses in code are never negative. */
export function oneStepLater(graded: GradedPlan): GradedPlan {
  return { ...graded, values: graded.values - 4 * graded.width };
}
