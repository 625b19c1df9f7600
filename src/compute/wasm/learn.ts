// Weight gradients, gathered over the rows in which an input fired, and what the optimizer does with them, in the same breath where
// nobody asks for the gradient itself.

import { assertDefined } from "../../base/index.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  sum,
  times,
  vector,
  type Kernel,
  type Local,
  type Value,
} from "../kernel/language.ts";
import { updateRule, type Arithmetic, type Optimizer, type UpdateScalars } from "../optimizer.ts";
import {
  addProducts,
  addVectors,
  argument,
  argumentCount,
  eachEntry,
  loadVectors,
  rowCell,
  sampleCell,
  storeVectors,
  zeroVectors,
} from "./code.ts";
import { sumSamples } from "./backward.ts";
import { loadSent, type GradedPlan } from "./graded.ts";
import { quantizerPlace, type Trained } from "./memory-layout.ts";
import { scalar, type LayerPlan, type Plan } from "./plan.ts";
import type { Lists } from "./source-plan.ts";

/** Without an optimizer the gradient is stored, with one the weights learn at once. */
export type Learning = { readonly optimizer: Optimizer | undefined };

/**
 * Units: (tile, source). Weight gradient of the events of a source.
 * @param later  Rows from a spike to the step that it fed: 0, or 1 for a recurrent layer's own.
 */
export function eventWeightsKernel(
  name: string,
  plan: Plan,
  layer: LayerPlan,
  parts: {
    readonly lists: Lists;
    readonly graded: GradedPlan | undefined;
    readonly sources: number;
    readonly target: Trained;
    readonly later: number;
  },
  learning: Learning,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  const learn = learner(k, plan, learning);
  const gradient = assertDefined(layer.saved[0], "gradient") + parts.later * layer.tileBytes;
  eachTileSource(k, parts.sources, (tile, source, unit) => {
    const totals = zeroVectors(k, layer.width);
    const base = k.keep(rowCell(layer, rows, tile, i32(0)));
    eachEntry(k, parts.lists, source, (row) => {
      const at = k.keep(sum(base, times(row, layer.tileBytes)));
      if (parts.graded === undefined) addVectors(k, totals, at, gradient);
      else addProducts(k, totals, loadSent(k, parts.graded, row, source), at, gradient);
    });
    learn(k.keep(times(unit, layer.tileBytes)), parts.target, totals);
  });
  return k.finish();
}

/** Units: (tile, input). Weight gradient of a direct input: its value times the time sum of the current's gradient. */
export function directWeightsKernel(name: string, plan: Plan, layer: LayerPlan, learning: Learning): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const learn = learner(k, plan, learning);
  eachTileSource(k, layer.inputCount, (tile, input, unit) => {
    const totals = zeroVectors(k, layer.width);
    k.loop(i32(0), k.argument(argument.samples), 1, (sample) => {
      const x = k.keep(load("v128.splat", times(sum(times(sample, layer.inputCount), input), 4), plan.arrival));
      const cell = k.keep(sampleCell(layer, plan.maxSampleCount, tile, sample));
      addProducts(k, totals, x, cell, layer.inputGradientSum);
    });
    learn(k.keep(times(unit, layer.tileBytes)), layer.weights, totals);
  });
  return k.finish();
}

/** Units: tiles. Bias and per-neuron parameters. */
export function smallWeightsKernel(name: string, plan: Plan, layer: LayerPlan, learning: Learning): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const learn = learner(k, plan, learning);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (tile) => {
    const cell = k.keep(times(tile, layer.tileBytes));
    if (layer.layer.bias !== undefined)
      learn(cell, layer.bias, sumSamples(k, plan, layer, tile, layer.inputGradientSum));
    for (const { values, perSample } of layer.parameters.values()) {
      learn(cell, values, sumSamples(k, plan, layer, tile, perSample));
    }
  });
  return k.finish();
}

/** Units: pairs of vectors. Learning from gradients that lie in memory. */
export function updateKernel(name: string, plan: Plan, target: Trained, optimizer: Optimizer): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const learn = learner(k, plan, { optimizer });
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const at = k.keep(times(unit, 32));
    learn(at, target, loadVectors(k, at, target.gradient, 8));
  });
  return k.finish();
}

/** Units: pairs of vectors. Values from masters. */
export function effectiveKernel(name: string, target: Trained): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const at = k.keep(times(unit, 32));
    const masters = loadVectors(k, at, target.masters, 8);
    storeEffective(
      k,
      at,
      target,
      masters.map((master, j) => ({ offset: 16 * j, master })),
    );
  });
  return k.finish();
}

/**
 * Units: rows of the result. Weights [tile][source][width] as the layer below reads them: [tile of source][neuron][width of source].
 */
export function transposeKernel(
  name: string,
  parts: {
    readonly from: number;
    readonly to: number;
    readonly sources: number;
    readonly neuronCount: number;
    readonly width: number;
    readonly sourceWidth: number;
  },
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const { sources, neuronCount, width, sourceWidth } = parts;
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (unit) => {
    const sourceTile = k.keep(apply("i32.div_u", unit, i32(neuronCount)));
    const neuron = k.keep(apply("i32.sub", unit, times(sourceTile, neuronCount)));
    const tile = k.keep(apply("i32.shr_u", neuron, i32(Math.log2(width))));
    const lane = apply("i32.and", neuron, i32(width - 1));
    const firstSource = k.keep(times(sourceTile, sourceWidth));
    const from = k.keep(times(sum(times(sum(times(tile, sources), firstSource), width), lane), 4));
    const to = k.keep(times(unit, 4 * sourceWidth));
    const left = k.keep(apply("i32.sub", i32(sources), firstSource));
    const end = k.keep(i32(sourceWidth));
    k.if(apply("i32.lt_s", left, i32(sourceWidth)), () => k.set(end, left));
    k.loop(i32(0), end, 1, (i) => {
      const value = load("f32", sum(from, times(i, 4 * width)), parts.from);
      k.store(sum(to, times(i, 4)), parts.to, value);
    });
  });
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

/** Runs `write` for units (tile, source) without dividing for each. */
function eachTileSource(
  k: KernelBuilder,
  sources: number,
  write: (tile: Local, source: Local, unit: Local) => void,
): void {
  const from = k.argument(argument.from);
  const tile = k.keep(apply("i32.div_u", from, i32(sources)));
  const source = k.keep(apply("i32.sub", from, times(tile, sources)));
  k.loop(from, k.argument(argument.to), 1, (unit) => {
    write(tile, source, unit);
    k.set(source, sum(source, i32(1)));
    k.if(apply("i32.eq", source, i32(sources)), () => {
      k.set(source, i32(0));
      k.set(tile, sum(tile, i32(1)));
    });
  });
}

/** What happens to a gradient: `address` is its byte offset in the arrays of `target`. */
export function learner(
  k: KernelBuilder,
  plan: Plan,
  { optimizer }: Learning,
): (address: Value, target: Trained, gradient: readonly Local[]) => void {
  if (optimizer === undefined) {
    return (address, target, gradient) => storeVectors(k, address, target.gradient, gradient);
  }
  const at = (index: number): Local => k.keep(apply("v.splat", load("f32", i32(plan.scalars), 4 * index)));
  const scalars: UpdateScalars<Value> = {
    rate: at(scalar.rate),
    keep: at(scalar.keep),
    correction: at(scalar.correction),
  };
  const arithmetic = vectors(k);
  return (address, target, gradient) => {
    for (let first = 0; first < gradient.length; first += 2) {
      const pair = gradient.slice(first, first + 2).map((g, i) => ({ g, offset: 16 * (first + i) }));
      const before = pair.map(({ offset }) => ({
        weight: k.keep(load("v128", address, target.masters + offset)),
        moments: target.moments.map((moment) => k.keep(load("v128", address, moment + offset))),
      }));
      const after = pair.map(({ g }, i) => {
        const old = assertDefined(before[i], "before");
        const { weight, moments } = updateRule(optimizer, arithmetic, { ...old, gradient: g, scalars });
        return { weight: k.keep(within(target.range, weight)), moments };
      });
      const store = (base: number, of: (result: (typeof after)[number]) => Value): void => {
        storeVectors(k, address, base + 16 * first, after.map(of));
      };
      store(target.masters, ({ weight }) => weight);
      target.moments.forEach((moment, m) => store(moment, ({ moments }) => assertDefined(moments[m], "moment")));
      storeEffective(
        k,
        address,
        target,
        pair.map(({ offset }, i) => ({ offset, master: assertDefined(after[i], "after").weight })),
      );
    }
  };
}

function within(range: Trained["range"], value: Value): Value {
  if (range === undefined) return value;
  return apply("v.min", apply("v.max", value, vector(range.low)), vector(range.high));
}

/** What the forward pass sees of masters, where that differs; `quantizeValue` in 32-bit steps. */
function storeEffective(
  k: KernelBuilder,
  address: Value,
  target: Trained,
  pair: readonly { readonly offset: number; readonly master: Value }[],
): void {
  const { transform } = target;
  if (transform === undefined) return;
  const scalar = (place: number): Local => k.keep(apply("v.splat", load("f32", i32(transform.quantizer), place)));
  const { isActive, low, high, least } = quantizerPlace;
  const [lowest, highest, smallest] = [scalar(low), scalar(high), scalar(least)];
  const quantizes = k.keep(apply("v.gt", scalar(isActive), vector(0)));
  const values = pair.map(({ offset, master: value }) => {
    const master = k.keep(value);
    const step = k.keep(load("v128", address, transform.steps + offset));
    const isKept = k.keep(apply("v.gt", step, vector(0)));
    const rounded = apply("v.floor", apply("v.add", apply("v.abs", apply("v.div", master, step)), vector(0.5)));
    const size = k.keep(apply("v.max", rounded, smallest));
    const isNegative = apply("v.lt", master, vector(0));
    const signed = apply("v.select", apply("v.sub", vector(0), size), size, isNegative);
    const level = apply("v.min", apply("v.max", signed, lowest), highest);
    const quantized = apply("v.mul", level, step);
    return k.keep(apply("v.and", apply("v.select", quantized, master, quantizes), isKept));
  });
  storeVectors(k, address, target.values + assertDefined(pair[0], "vector").offset, values);
}

function vectors(k: KernelBuilder): Arithmetic<Value> {
  return {
    constant: vector,
    add: (a, b) => k.keep(apply("v.add", a, b)),
    sub: (a, b) => k.keep(apply("v.sub", a, b)),
    mul: (a, b) => k.keep(apply("v.mul", a, b)),
    div: (a, b) => k.keep(apply("v.div", a, b)),
    max: (a, b) => k.keep(apply("v.max", a, b)),
    sqrt: (a) => k.keep(apply("v.sqrt", a)),
  };
}
