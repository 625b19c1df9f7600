import { assertDefined } from "../../../base/index.ts";
import { countRow } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import type { Mapping } from "../family.ts";

/** Rows that layer `index` walks over in a step: those from below, and its own where it is recurrent. */
export function walkedRows(
  mapping: Mapping,
  trace: EventTrace,
  index: number,
): (step: number, sample: number) => number {
  const { network, choice } = mapping;
  const { inputCount, neuronCount, isRecurrent } = assertDefined(network.layers[index], "layer");
  const below = arriving(network, trace, index);
  const own = assertDefined(trace.layers[index], "spikes");
  const all = choice.zeroTest === false;
  return (step, sample) => {
    const forward = all || countRow(below, step, sample) > 0 ? inputCount : 0;
    if (isRecurrent !== true) return forward;
    const fired = step > 0 && countRow(own, step - 1, sample) > 0;
    return forward + (all || fired ? neuronCount : 0);
  };
}

/** From the start of a round to the update of a layer that walks over so many rows: the rows, and a memory's delay. */
export function updateCycles(rows: number): number {
  return rows === 0 ? 1 : rows + 2;
}
