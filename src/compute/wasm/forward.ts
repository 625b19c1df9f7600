// The forward pass of a layer: currents gathered from the rows of firing inputs, and the neuron's update right behind, in registers.

import { assertDefined } from "../../base/index.ts";
import { ExpressionPrinter, surrogateCode } from "../kernel/neuron-code.ts";
import {
  apply,
  i32,
  KernelBuilder,
  load,
  maskBits,
  sum,
  times,
  vector,
  type Kernel,
  type Local,
  type Value,
} from "../kernel/language.ts";
import type { Surrogate } from "../backend.ts";
import {
  addProducts,
  addVectors,
  append,
  appendBits,
  argument,
  argumentCount,
  eachEntry,
  eachTileSample,
  loadEntry,
  loadVectors,
  parameterValues,
  rowCell,
  sampleCell,
  stateLocal,
  storeVectors,
  vectorsOf,
  zeroVectors,
} from "./code.ts";
import { loadSent, oneStepLater } from "./graded.ts";
import type { LayerPlan, Plan, RecurrentPlan } from "./plan.ts";

export interface ForwardOptions {
  readonly training: boolean;
  readonly surrogate: Surrogate;
}

/** How one tile's current at one row is added up. */
export type Gather = (k: KernelBuilder, sums: readonly Local[], tile: Local, row: Local) => void;

/** Units: (tile, sample). All steps of a layer without recurrence; `gather` adds to the bias. */
export function forwardKernel(
  name: string,
  plan: Plan,
  layer: LayerPlan,
  options: ForwardOptions,
  parts: { readonly gather?: Gather; readonly begin?: (k: KernelBuilder, tile: Local) => void },
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  eachTileSample(k, ({ tile, sample }) => {
    parts.begin?.(k, tile);
    const cell = k.keep(sampleCell(layer, plan.maxSampleCount, tile, sample));
    const state = layer.state.map((address) => loadVectors(k, cell, address, layer.width));
    const counts = layer.counts === undefined ? [] : vectorsOf(layer.width).map(() => k.keep(vector(0)));
    const first = k.keep(times(sample, plan.sampleRows));
    const bias = parts.gather === undefined ? cell : k.keep(times(tile, layer.tileBytes));
    const biasOffset = parts.gather === undefined ? assertDefined(layer.base, "base") : layer.bias.values;
    const sums = vectorsOf(layer.width).map(() => k.local("v128"));
    k.loop(first, sum(first, k.argument(argument.steps)), 1, (row) => {
      sums.forEach((local, j) => k.set(local, load("v128", bias, biasOffset + 16 * j)));
      parts.gather?.(k, sums, tile, row);
      const saved = k.keep(rowCell(layer, rows, tile, row));
      const bits = updateVectors(k, layer, options, { at: times(tile, layer.tileBytes), sums, state, saved, counts });
      storeBits(k, layer, row, tile, bits);
    });
    layer.state.forEach((address, i) => storeVectors(k, cell, address, assertDefined(state[i], "state")));
    if (layer.counts !== undefined) storeVectors(k, cell, layer.counts, counts);
  });
  return k.finish();
}

/** Adds the weight rows of the inputs that fire, times what they carry. */
export function gatherEvents(layer: LayerPlan): Gather {
  const { graded } = layer.input;
  return (k, sums, tile, row) => {
    const base = k.keep(times(tile, layer.inputCount * layer.tileBytes));
    eachEntry(k, layer.input.rows, row, (input) => {
      const at = k.keep(sum(base, times(input, layer.tileBytes)));
      if (graded === undefined) addVectors(k, sums, at, layer.weights.values);
      else addProducts(k, sums, loadSent(k, graded, row, input), at, layer.weights.values);
    });
  };
}

/**
 * Units: samples. A recurrent layer goes step by step through all its tiles; the spikes of a step are the events of the next, and
 * stay as the row lists of its output.
 */
export function recurrentForwardKernel(name: string, plan: Plan, layer: LayerPlan, options: ForwardOptions): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  const recurrent = assertDefined(layer.recurrent, "recurrent weights");
  const lists = layer.output.rows;
  const gather = gatherEvents(layer);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (sample) => {
    const first = k.keep(times(sample, plan.sampleRows));
    const next = k.keep(times(first, layer.output.rowBytes));
    const carried = k.keep(sum(times(sample, 8), i32(recurrent.carried)));
    const from = k.keep(load("i32", carried));
    const to = k.keep(load("i32", carried, 4));
    k.loop(first, sum(first, k.argument(argument.steps)), 1, (row) => {
      const start = k.keep(next);
      k.loop(i32(0), i32(layer.tiles), 1, (tile) => {
        const cell = k.keep(sampleCell(layer, plan.maxSampleCount, tile, sample));
        const sums = loadVectors(k, times(tile, layer.tileBytes), layer.bias.values, layer.width);
        gather(k, sums, tile, row);
        const base = k.keep(times(tile, layer.neuronCount * layer.tileBytes));
        k.loop(from, to, lists.entry, (position) => {
          const source = k.keep(loadEntry(lists, position));
          const at = k.keep(sum(base, times(source, layer.tileBytes)));
          const { graded } = layer.output;
          if (graded === undefined) addVectors(k, sums, at, recurrent.weights.values);
          else addProducts(k, sums, loadSent(k, oneStepLater(graded), row, source), at, recurrent.weights.values);
        });
        const state = layer.state.map((address) => loadVectors(k, cell, address, layer.width));
        const saved = k.keep(rowCell(layer, rows, tile, row));
        const bits = updateVectors(k, layer, options, { at: times(tile, layer.tileBytes), sums, state, saved });
        layer.state.forEach((address, i) => storeVectors(k, cell, address, assertDefined(state[i], "state")));
        storeBits(k, layer, row, tile, bits);
        appendBits(k, bits, times(tile, layer.width), next, lists, layer.width);
      });
      k.store(times(row, 4), lists.start, start);
      k.store(times(row, 4), lists.end, next);
      k.set(from, start);
      k.set(to, next);
    });
    keepLastList(k, layer, recurrent, { sample, from, to, carried });
    keepLastSent(k, plan, layer, first);
  });
  return k.finish();
}

/** Units: (tile, sample). Current of a direct input, once for all steps. */
export function directForwardKernel(name: string, plan: Plan, layer: LayerPlan): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  eachTileSample(k, ({ tile, sample }) => {
    const sums =
      layer.normalization === undefined
        ? loadVectors(k, times(tile, layer.tileBytes), layer.bias.values, layer.width)
        : zeroVectors(k, layer.width);
    const values = k.keep(times(sample, 4 * layer.inputCount));
    const weights = k.keep(times(tile, layer.inputCount * layer.tileBytes));
    k.loop(i32(0), i32(layer.inputCount), 1, (input) => {
      const x = k.keep(load("v128.splat", sum(values, times(input, 4)), plan.arrival));
      addProducts(k, sums, x, weights, layer.weights.values);
      k.set(weights, sum(weights, i32(layer.tileBytes)));
    });
    storeVectors(k, sampleCell(layer, plan.maxSampleCount, tile, sample), assertDefined(layer.base, "base"), sums);
  });
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

/** The spikes of the last step move behind all rows, where the next part of a sequence finds them. */
function keepLastList(
  k: KernelBuilder,
  layer: LayerPlan,
  recurrent: RecurrentPlan,
  place: { readonly sample: Local; readonly from: Local; readonly to: Local; readonly carried: Local },
): void {
  const lists = layer.output.rows;
  const next = k.keep(sum(times(place.sample, layer.output.rowBytes), i32(recurrent.carriedPosition)));
  k.store(place.carried, 0, next);
  k.loop(place.from, place.to, lists.entry, (position) => append(k, lists, next, loadEntry(lists, position)));
  k.store(place.carried, 4, next);
}

/** What they carried moves before the sample's first row. */
function keepLastSent(k: KernelBuilder, plan: Plan, layer: LayerPlan, first: Local): void {
  const { graded } = layer.output;
  if (graded === undefined) return;
  const before = oneStepLater(graded).values;
  const after = sum(first, k.argument(argument.steps));
  k.loop(i32(0), i32(layer.tiles), 1, (tile) => {
    const from = k.keep(rowCell(layer, graded.rows, tile, after));
    storeVectors(k, rowCell(layer, graded.rows, tile, first), before, loadVectors(k, from, before, layer.width));
  });
}

/** The spikes of a tile; the places after the last neuron never fire. */
function storeBits(k: KernelBuilder, layer: LayerPlan, row: Local, tile: Local, bits: Local): void {
  const used = layer.neuronCount % layer.width;
  if (used !== 0) {
    const isLast = apply("i32.eq", tile, i32(layer.tiles - 1));
    const allowed = apply("i32.or", i32(2 ** used - 1), apply("i32.sub", isLast, i32(1)));
    k.set(bits, apply("i32.and", bits, allowed));
  }
  k.store(sum(times(row, 4 * layer.output.words), times(tile, 4)), layer.output.bits, bits);
}

interface UpdateParts {
  /** Byte offset of the neurons' parameters. */
  readonly at: Value;
  readonly sums: readonly Local[];
  readonly state: readonly (readonly Local[])[];
  readonly saved: Local;
  readonly counts?: readonly Local[];
}

/** Up to 32 neurons: what the backward pass needs, counts and next state. Returns spikes as bits. */
export function updateVectors(k: KernelBuilder, layer: LayerPlan, options: ForwardOptions, parts: UpdateParts): Local {
  // The upper of two neighbors first: see `storeVectors`.
  const found = parts.sums.map((_, j) => j).toReversed();
  const masks = found.map((j) => updateVector(k, layer, options, parts, j)).filter((mask) => mask !== undefined);
  return k.keep(masks.length === 0 ? i32(0) : maskBits(masks.toReversed()));
}

/** Four neurons: what the backward pass needs, spike bits, counts and next state. */
function updateVector(
  k: KernelBuilder,
  layer: LayerPlan,
  options: ForwardOptions,
  parts: UpdateParts,
  j: number,
): Local | undefined {
  const { state, saved } = parts;
  const { neuron } = layer;
  const environment = parameterValues(layer, parts.at, j).set("input", assertDefined(parts.sums[j], "sum"));
  neuron.state.forEach((name, i) => environment.set(name, stateLocal(state, i, j)));
  const printer = new ExpressionPrinter(k, environment);
  if (options.training) saveTape(k, layer, options.surrogate, printer, environment, { saved, j });
  const mask = printer.mask(neuron.spike);
  const { graded } = layer.output;
  if (graded !== undefined) k.store(saved, graded.values + 16 * j, printer.number(neuron.spike));
  const next = neuron.state.map((name) => k.keep(printer.number(assertDefined(neuron.next[name], name))));
  if (mask !== undefined) {
    const count = parts.counts?.[j];
    if (count !== undefined) k.set(count, apply("v.add", count, apply("v.and", mask, vector(1))));
  }
  neuron.state.forEach((_, i) => k.set(stateLocal(state, i, j), assertDefined(next[i], "next")));
  const potential = next[neuron.state.indexOf("v")];
  if (layer.perStep !== undefined && potential !== undefined) {
    k.store(saved, layer.perStep.potential + 16 * j, potential);
  }
  return mask;
}

/** The expressions of the tape, with surrogates spelled out. */
function saveTape(
  k: KernelBuilder,
  layer: LayerPlan,
  surrogate: Surrogate,
  printer: ExpressionPrinter,
  environment: Map<string, Value>,
  place: { readonly saved: Local; readonly j: number },
): void {
  layer.tape.surrogates.forEach((argumentOf, s) => {
    if (!layer.tape.saved.some((node) => node.op === "reference" && node.name === `surrogate.${s}`)) return;
    environment.set(`surrogate.${s}`, k.keep(surrogateCode(k, surrogate, k.keep(printer.number(argumentOf)))));
  });
  layer.tape.saved.forEach((node, slot) => {
    k.store(place.saved, assertDefined(layer.saved[slot], "slot") + 16 * place.j, printer.saved(node));
  });
}
