// Cycles by simulation: host register, barrier, layers and sender, one clock cycle at a time. It knows nothing of the closed form
// in `predict.ts`.

import { assertDefined } from "../../../base/index.ts";
import { countRow, firingNeurons } from "../../../model/tensor/index.ts";
import { arriving, type EventTrace } from "../../golden/index.ts";
import type { CycleReport, Mapping } from "../family.ts";
import { HostRegister } from "../host-register.ts";
import { walkedRows } from "./walk.ts";

export function simulateCycles(mapping: Mapping, trace: EventTrace): CycleReport {
  const { layers } = mapping;
  const { sampleCount, stepCount } = trace;
  const sampleCycles = new Uint32Array(sampleCount);
  const stepEnds = new Uint32Array(sampleCount * layers.length * stepCount);
  for (let sample = 0; sample < sampleCount; sample++) {
    sampleCycles[sample] = runSample(mapping, trace, sample, (layer, step, cycle) => {
      stepEnds[(sample * layers.length + layer) * stepCount + step] = cycle;
    });
  }
  return { sampleCycles, stepEnds };
}

// ---------------------------------------------------------------------------------------------------------------------

interface ClockedLayer {
  readonly rows: (step: number, sample: number) => number;
  phase: "idle" | "walk" | "drain" | "update";
  rest: number;
  /** The step that it does or did last; undefined before the first. */
  step: number | undefined;
}

/** Returns the cycle of the decision. */
function runSample(
  mapping: Mapping,
  trace: EventTrace,
  sample: number,
  onUpdate: (layer: number, step: number, cycle: number) => void,
): number {
  const input = arriving(mapping.network, trace, 0);
  const output = assertDefined(trace.layers.at(-1), "spikes");
  const host = new HostRegister(
    Array.from({ length: trace.stepCount }, (_, t) => [...firingNeurons(input, t, sample), "end" as const]).flat(),
  );
  const layers = mapping.layers.map((_, l): ClockedLayer => {
    return { rows: walkedRows(mapping, trace, l), phase: "idle", rest: 0, step: undefined };
  });
  /** Cycles for which the sender still shows spikes. */
  let sending = 0;
  for (let cycle = 0; ; cycle++) {
    const draining = layers[0]?.step === trace.stepCount - 1;
    const starts = layers.every(({ phase }) => phase === "idle") && sending === 0 && (draining || host.full);
    if (sending > 0) sending--;
    for (const [l, layer] of layers.entries()) {
      if (layer.phase !== "update") continue;
      const step = assertDefined(layer.step, "step");
      onUpdate(l, step, cycle);
      if (l < layers.length - 1) continue;
      sending = Math.max(1, countRow(output, step, sample));
      // The last spikes, the end behind them; the readout reads and sends every count, and the decision.
      if (step === trace.stepCount - 1) return cycle + sending + 1 + 1 + 2 * output.neuronCount;
    }
    for (const layer of layers) advance(layer);
    if (starts) {
      if (!draining) host.take();
      startRound(layers, trace, sample);
    }
    host.clock();
  }
}

function advance(layer: ClockedLayer): void {
  if (layer.phase === "update") layer.phase = "idle";
  else if (layer.phase === "drain") layer.phase = "update";
  else if (layer.phase === "walk" && --layer.rest === 0) layer.phase = "drain";
}

/** Every layer takes the step that the one below it has done. */
function startRound(layers: readonly ClockedLayer[], { stepCount }: EventTrace, sample: number): void {
  const before = layers.map(({ step }) => step);
  layers.forEach((layer, l) => {
    const next = l === 0 ? (before[0] ?? -1) + 1 : before[l - 1];
    if (next === undefined || next === before[l] || next >= stepCount) return;
    layer.step = next;
    layer.rest = layer.rows(next, sample);
    layer.phase = layer.rest === 0 ? "update" : "walk";
  });
}
