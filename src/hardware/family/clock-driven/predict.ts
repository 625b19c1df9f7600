// Cycles in closed form: in round r, layer l does step r − l; a round takes as long as its slowest layer, or as the host needs
// for the next step, or as the spikes of the last layer need to leave.

import { assertDefined } from "../../../base/index.ts";
import { countRow } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import type { CycleReport, Mapping } from "../family.ts";
import { updateCycles, walkedRows } from "./walk.ts";

export function predictCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const { layers, network } = mapping;
  const { sampleCount, stepCount } = trace;
  const sampleCycles = new Uint32Array(sampleCount);
  const stepEnds = new Uint32Array(sampleCount * layers.length * stepCount);
  const rows = layers.map((_, l) => walkedRows(mapping, trace, l));
  const input = arriving(network, trace, 0);
  const output = assertDefined(trace.layers.at(-1), "spikes");
  const last = layers.length - 1;
  const classes = assertDefined(layers[last], "last layer").neuronCount;
  for (let sample = 0; sample < sampleCount; sample++) {
    // When the round started, when the next one may, and when the host's step is whole.
    let [start, free, full] = [0, 0, 0];
    for (let round = 0; round < stepCount + last; round++) {
      if (round < stepCount) full = start + countRow(input, round, sample) + 2;
      start = Math.max(free, full);
      for (let l = Math.max(0, round - stepCount + 1); l <= Math.min(last, round); l++) {
        const step = round - l;
        const update = start + updateCycles(assertDefined(rows[l], "rows")(step, sample));
        stepEnds[(sample * layers.length + l) * stepCount + step] = update;
        free = Math.max(free, update + 1);
        if (l < last) continue;
        const isLast = step === stepCount - 1;
        const sent = update + Math.max(1, countRow(output, step, sample)) + 1;
        free = Math.max(free, sent);
        // The end of the sample follows the last spikes; then the readout reads and sends each count, and the decision.
        if (isLast) sampleCycles[sample] = sent + 1 + 2 * classes;
      }
    }
  }
  return { sampleCycles, stepEnds };
}
