// Synaptic delays: every spike sets a bit for each of its input's rows, so many steps later; the layer reads those bits like any
// others. On the way back the gradient of a row goes to the step in which its spike was sent.

import { assertDefined } from "../../base/index.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  sum,
  times,
  type Kernel,
  type Local,
  type Value,
} from "../kernel/language.ts";
import { product } from "./backward.ts";
import { argument, argumentCount, eachBit, eachTileSample, rowCell, storeVectors } from "./code.ts";
import { sentAt } from "./graded.ts";
import type { Call } from "./layer-phases.ts";
import type { LayerPlan, Plan } from "./plan.ts";
import type { DelayPlan } from "./delay-plan.ts";

export interface DelayedLayer {
  readonly layer: LayerPlan;
  readonly delay: DelayPlan;
}

/** What must lie at `starts` and at `entries`. */
export function delayWords({ delays, sent }: DelayPlan): {
  readonly starts: Uint32Array;
  readonly entries: Uint32Array;
} {
  const starts = new Uint32Array(sent.count + 1);
  const entries: number[] = [];
  for (let input = 0; input < sent.count; input++) {
    starts[input] = 4 * entries.length;
    delays.sources.forEach((source, row) => {
      if (source === input) entries.push(row, delays.steps[row] ?? 0);
    });
  }
  starts[sent.count] = 4 * entries.length;
  return { starts, entries: Uint32Array.from(entries) };
}

/** Units: samples. */
export function delayKernel(plan: Plan, { layer, delay }: DelayedLayer): Kernel {
  const { sent } = delay;
  const { bits, words, graded } = layer.input;
  const k = new KernelBuilder(`delay${layer.index}`, argumentCount);
  const steps = k.argument(argument.steps);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (sample) => {
    const first = k.keep(times(sample, plan.sampleRows));
    const begin = k.keep(times(first, 4 * words));
    k.loop(begin, sum(begin, times(steps, 4 * words)), 4, (at) => k.store(at, bits, i32(0)));
    k.loop(i32(0), steps, 1, (step) => {
      const row = k.keep(sum(first, step));
      const from = k.keep(times(row, 4 * sent.words));
      k.loop(i32(0), i32(sent.words), 1, (w) => {
        const word = k.keep(load("i32", sum(from, times(w, 4)), sent.bits));
        eachBit(k, word, (bit) => {
          const source = k.keep(sum(times(w, 32), bit));
          const carried =
            sent.graded === undefined
              ? undefined
              : k.keep(load("f32", sentAt(k, sent.graded, row, source), sent.graded.values));
          eachRowOf(k, delay, source, (target, later) => {
            k.if(apply("i32.lt_s", sum(step, later), steps), () => {
              const place = sum(times(sum(row, later), 4 * words), times(apply("i32.shr_u", target, i32(5)), 4));
              const at = k.keep(place);
              const mask = apply("i32.shl", i32(1), apply("i32.and", target, i32(31)));
              k.store(at, bits, apply("i32.or", load("i32", at, bits), mask));
              if (graded === undefined || carried === undefined) return;
              k.store(sentAt(k, graded, sum(row, later), target), graded.values, carried);
            });
          });
        });
      });
    });
  });
  return k.finish();
}

/** From dLoss/dCurrent of a delayed layer to dLoss/dSpike of the layer below. */
export function sendBackKernels(plan: Plan, delayed: DelayedLayer, below: LayerPlan): Kernel[] {
  const address = assertDefined(delayed.delay.gradient, "gradient of rows");
  const target = assertDefined(below.convolution?.spikeGradient ?? below.spikeGradient, "spike gradient");
  return [delayedGradientKernel(plan, delayed, address), sendBackKernel(plan, delayed, below, { address, target })];
}

/** Kernels that send a layer's gradient back to the layer below. */
export function sendBack({ index }: LayerPlan, delay: DelayPlan, below: LayerPlan, samples: number): readonly Call[] {
  return [
    [`delayedGradient${index}`, rowTiles(delay) * samples],
    [`sendBack${index}`, below.tiles * samples],
  ];
}

/** Tiles of the rows of weights. */
export function rowTiles({ delays, width }: DelayPlan): number {
  return Math.ceil(delays.sources.length / width);
}

// ---------------------------------------------------------------------------------------------------------------------

/** Units: (tile of rows, sample). */
function delayedGradientKernel(plan: Plan, { layer, delay }: DelayedLayer, address: number): Kernel {
  const { width } = delay;
  const k = new KernelBuilder(`delayedGradient${layer.index}`, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  eachTileSample(k, ({ tile, sample }) => {
    const first = k.keep(times(sample, plan.sampleRows));
    const weights = k.keep(sum(times(tile, layer.neuronCount * width * 4), i32(layer.transposed ?? 0)));
    k.loop(first, sum(first, k.argument(argument.steps)), 1, (row) => {
      const [vectors = []] = product(k, { above: layer, rows, weights, width, rowsFrom: [row] });
      storeVectors(k, times(sum(times(tile, rows), row), width * 4), address, vectors);
    });
  });
  return k.finish();
}

/** Units: (tile of the layer below, sample). dLoss/dSpike of what was sent, for `target` of the layer below. */
function sendBackKernel(
  plan: Plan,
  { layer, delay }: DelayedLayer,
  below: LayerPlan,
  parts: { readonly address: number; readonly target: number },
): Kernel {
  const k = new KernelBuilder(`sendBack${layer.index}`, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  const steps = k.argument(argument.steps);
  eachTileSample(k, ({ tile, sample }) => {
    const first = k.keep(times(sample, plan.sampleRows));
    const neuron = k.keep(times(tile, below.width));
    const end = k.keep(sum(neuron, i32(below.width)));
    k.if(apply("i32.gt_s", end, i32(below.neuronCount)), () => k.set(end, i32(below.neuronCount)));
    k.loop(i32(0), steps, 1, (step) => {
      const row = k.keep(sum(first, step));
      const at = k.keep(rowCell(below, rows, tile, row));
      k.loop(neuron, end, 1, (input) => {
        const total = k.keep({ kind: "constant", type: "f32", value: 0 });
        eachRowOf(k, delay, input, (source, later) => {
          k.if(apply("i32.lt_s", sum(step, later), steps), () => {
            const sourceTile = apply("i32.shr_u", source, i32(Math.log2(delay.width)));
            const lane = apply("i32.and", source, i32(delay.width - 1));
            const cell = times(sum(times(sum(times(sourceTile, rows), row, later), delay.width), lane), 4);
            k.set(total, apply("f32.add", total, load("f32", cell, parts.address)));
          });
        });
        k.store(sum(at, placeInTile(k, below, input, neuron)), parts.target, total);
      });
    });
  });
  return k.finish();
}

/** Byte offset of a neuron in its tile, which begins with neuron `first`. */
function placeInTile(k: KernelBuilder, { lanes }: LayerPlan, neuron: Local, first: Local): Value {
  const inTile = k.keep(apply("i32.sub", neuron, first));
  const spare = lanes.width - lanes.count;
  if (spare === 0) return times(inTile, 4);
  return times(sum(inTile, times(apply("i32.div_u", inTile, i32(lanes.count)), spare)), 4);
}

/** Runs `write` with each row of weights that sees an input, and how many steps later. */
function eachRowOf(
  k: KernelBuilder,
  { starts, entries }: DelayPlan,
  input: Local,
  write: (row: Local, later: Local) => void,
): void {
  const place = k.keep(times(input, 4));
  const from = k.keep(load("i32", place, starts));
  const to = k.keep(load("i32", place, starts + 4));
  k.loop(from, to, 8, (at) => write(k.keep(load("i32", at, entries)), k.keep(load("i32", at, entries + 4))));
}
