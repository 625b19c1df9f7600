// How the inputs of a sample fill a systolic array: those that fired at all, Rows at a time, and for each tile the steps in which
// one of its inputs fired.

import { assertDefined } from "../../../base/index.ts";
import { firingNeurons } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import type { Mapping } from "../family.ts";

export interface Tile {
  /** Inputs that it holds. */
  readonly rows: number;
  /** Steps that run through it, ascending. */
  readonly steps: readonly number[];
}

/** Rows of a layer's array: as many as columns, but not more than there are inputs. */
export function arrayRows(inputCount: number, columns: number): number {
  return Math.min(inputCount, columns);
}

/** The tiles of layer `index` for one sample; every group of neurons takes them in turn. */
export function sampleTiles(mapping: Mapping, trace: EventTrace, index: number, sample: number): Tile[] {
  const { inputCount, lanes } = assertDefined(mapping.layers[index], "layer");
  const input = arriving(mapping.network, trace, index);
  const fires = new Map<number, number[]>();
  for (let step = 0; step < trace.stepCount; step++) {
    for (const neuron of firingNeurons(input, step, sample)) fires.set(neuron, [...(fires.get(neuron) ?? []), step]);
  }
  const active = [...fires.keys()].sort((a, b) => a - b);
  const size = arrayRows(inputCount, lanes);
  return Array.from({ length: Math.ceil(active.length / size) }, (_, tile) => {
    const rows = active.slice(tile * size, (tile + 1) * size);
    const steps = new Set(rows.flatMap((neuron) => fires.get(neuron) ?? []));
    return { rows: rows.length, steps: [...steps].sort((a, b) => a - b) };
  });
}
