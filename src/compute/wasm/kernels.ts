// The kernels of one layer. Shapes, step count, neuron and surrogate are constants of the code; arguments are ranges of samples
// and steps.

import { assertDefined } from "../../base/index.ts";
import type { DenseLayer } from "../../model/network/index.ts";
import { differentiate, neuronOf, type Neuron } from "../../model/neuron/index.ts";
import type { CompileOptions } from "../backend.ts";
import { ExpressionPrinter, surrogateCode } from "../kernel/neuron-code.ts";
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
import type { EventLists, LayerPlan, Matrix } from "./plan.ts";

/** Vectors of a tile. */
const vectors = [0, 1, 2, 3] as const;
const tileBytes = 64;

/** All kernels of layer `index`; their names end in its number. */
export function layerKernels(
  layer: DenseLayer,
  plan: LayerPlan,
  options: CompileOptions & { readonly stepCount: number; readonly index: number; readonly values: Matrix },
): Kernel[] {
  const { stepCount, index } = options;
  const kernels = [
    forwardKernel(`infer${index}`, layer, plan, stepCount, false),
    forwardKernel(`train${index}`, layer, plan, stepCount, true),
    backwardKernel(`backward${index}`, layer, plan, options),
    weightGradientKernel(`weights${index}`, plan, stepCount, plan.weightGradient, plan.lists),
  ];
  if (plan.transposed !== undefined) {
    kernels.push(inputGradientKernel(`inputs${index}`, plan, plan.transposed, stepCount));
  }
  if (plan.recurrent !== undefined) {
    const { gradient, lists, transposed } = plan.recurrent;
    kernels.push(weightGradientKernel(`recurrent${index}`, plan, stepCount, gradient, lists));
    kernels.push(recurrentGradientKernel(`earlier${index}`, plan, transposed, stepCount));
  }
  if (index === 0) {
    kernels.push(directKernel("direct", plan, options.values), directGradientKernel("directWeights", plan, options));
  }
  return kernels;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Loops over samples [0, 1) and tiles of the layer; `tile` is a byte offset within a row. */
function eachTile(k: KernelBuilder, plan: LayerPlan, write: (sample: Local, tile: Local) => void): void {
  k.loop(k.argument(0), k.argument(1), 1, (sample) => {
    k.loop(i32(0), i32(plan.tiles * tileBytes), tileBytes, (tile) => write(sample, tile));
  });
}

function cell(matrix: Matrix, row: Value, tile: Value): Value {
  return sum(times(row, matrix.stride), tile, i32(matrix.address));
}

function rowOf(sample: Value, step: Value, stepCount: number): Value {
  return sum(times(sample, stepCount), step);
}

function loadTile(k: KernelBuilder, address: Value): Local[] {
  const at = k.keep(address);
  return vectors.map((j) => k.keep(load("v128", at, 16 * j)));
}

function storeTile(k: KernelBuilder, address: Value, values: readonly Value[]): void {
  const at = k.keep(address);
  values.forEach((value, j) => k.store(at, 16 * j, value));
}

/** Runs `write` with the byte offset of each event of row `row`. */
function eachEvent(k: KernelBuilder, lists: EventLists, row: Value, write: (offset: Local) => void): void {
  const at = k.keep(times(row, 4));
  const from = k.keep(load("i32", at, lists.start));
  const to = k.keep(load("i32", at, lists.end));
  k.loop(from, to, 4, (event) => write(k.keep(load("i32", event, lists.index))));
}

function parameterValues(layer: DenseLayer): Map<string, Value> {
  return new Map(Object.entries(layer.neuron.parameters).map(([name, value]) => [name, vector(value)]));
}

/** Arguments: samples [0, 1), steps [2, 3). Gather, neuron update, spike bits, all in registers over time. */
function forwardKernel(name: string, layer: DenseLayer, plan: LayerPlan, stepCount: number, training: boolean): Kernel {
  const k = new KernelBuilder(name, 4);
  const neuron = neuronOf(layer.neuron);
  eachTile(k, plan, (sample, tile) => {
    const base = loadTile(k, cell(plan.base, sample, tile));
    const counts = loadTile(k, cell(plan.counts, sample, tile));
    const state = plan.state.map((matrix) => loadTile(k, cell(matrix, sample, tile)));
    const sums = base.map((value) => k.keep(value));
    k.loop(k.argument(2), k.argument(3), 1, (step) => {
      const row = k.keep(rowOf(sample, step, stepCount));
      sums.forEach((local, j) => k.set(local, assertDefined(base[j], "base")));
      gather(k, plan.weights, plan.lists, row, tile, sums);
      if (plan.recurrent !== undefined) {
        gather(k, plan.recurrent.weights, plan.recurrent.lists, row, tile, sums);
      }
      if (training) {
        [sums, ...state].forEach((values, i) => {
          storeTile(k, cell(assertDefined(plan.saved[i], "saved"), row, tile), values);
        });
      }
      const bits = k.keep(i32(0));
      vectors.forEach((j) => updateVector(k, { layer, neuron, plan, j, sums, state, counts, bits }));
      const word = sum(times(row, plan.masks.stride), apply("i32.shr_u", tile, i32(4)), i32(plan.masks.address));
      k.store(word, 0, bits);
    });
    storeTile(k, cell(plan.counts, sample, tile), counts);
    plan.state.forEach((matrix, i) => storeTile(k, cell(matrix, sample, tile), assertDefined(state[i], "state")));
  });
  return k.finish();
}

function gather(
  k: KernelBuilder,
  weights: Matrix,
  lists: EventLists,
  row: Value,
  tile: Value,
  sums: readonly Local[],
): void {
  eachEvent(k, lists, row, (offset) => {
    const at = k.keep(sum(offset, tile));
    sums.forEach((local, j) => k.set(local, apply("v.add", local, load("v128", at, weights.address + 16 * j))));
  });
}

/** Four neurons: spike bits, counts and next state. */
function updateVector(
  k: KernelBuilder,
  parts: {
    readonly layer: DenseLayer;
    readonly neuron: Neuron;
    readonly plan: LayerPlan;
    readonly j: number;
    readonly sums: readonly Local[];
    readonly state: readonly (readonly Local[])[];
    readonly counts: readonly Local[];
    readonly bits: Local;
  },
): void {
  const { layer, neuron, plan, j, bits } = parts;
  const environment = parameterValues(layer).set("input", assertDefined(parts.sums[j], "sum"));
  plan.stateNames.forEach((name, i) => environment.set(name, assertDefined(parts.state[i]?.[j], name)));
  const printer = new ExpressionPrinter(k, environment);
  const mask = printer.mask(neuron.spike);
  const next = plan.stateNames.map((name) => k.keep(printer.number(assertDefined(neuron.next[name], name))));
  if (mask !== undefined) {
    const count = assertDefined(parts.counts[j], "count");
    k.set(count, apply("v.add", count, apply("v.and", mask, vector(1))));
    const shifted = apply("i32.shl", apply("v.bitmask", mask), i32(4 * j));
    k.set(bits, apply("i32.or", bits, shifted));
  }
  plan.stateNames.forEach((name, i) => {
    k.set(assertDefined(parts.state[i]?.[j], name), assertDefined(next[i], name));
  });
}

/** Arguments: samples [0, 1), steps [2, 3). The adjoint of the update, backwards in time. */
function backwardKernel(
  name: string,
  layer: DenseLayer,
  plan: LayerPlan,
  options: CompileOptions & { readonly stepCount: number },
): Kernel {
  const k = new KernelBuilder(name, 4);
  const neuron = neuronOf(layer.neuron);
  const adjoint = differentiate(neuron, options);
  eachTile(k, plan, (sample, tile) => {
    const constant = loadTile(k, cell(plan.staticGradient, sample, tile));
    const carried = plan.carried.map((matrix) => loadTile(k, cell(matrix, sample, tile)));
    k.loop(k.argument(2), k.argument(3), -1, (step) => {
      const row = k.keep(rowOf(sample, step, options.stepCount));
      const above = loadTile(k, cell(plan.spikeGradient, row, tile));
      const saved = plan.saved.map((matrix) => loadTile(k, cell(matrix, row, tile)));
      const gradients = vectors.map((j) => {
        const environment = parameterValues(layer);
        ["input", ...plan.stateNames].forEach((n, i) => environment.set(n, assertDefined(saved[i]?.[j], n)));
        const fromSpike = apply("v.add", assertDefined(above[j], "above"), assertDefined(constant[j], "static"));
        environment.set("gradient.spike", k.keep(fromSpike));
        plan.stateNames.forEach((n, i) => environment.set(`gradient.${n}`, assertDefined(carried[i]?.[j], n)));
        const forward = new ExpressionPrinter(k, environment);
        adjoint.surrogates.forEach((argument, s) => {
          const u = k.keep(forward.number(argument));
          environment.set(`surrogate.${s}`, k.keep(surrogateCode(options.surrogate, u)));
        });
        const printer = new ExpressionPrinter(k, environment);
        const input = k.keep(printer.number(assertDefined(adjoint.gradients["input"], "input")));
        const earlier = plan.stateNames.map((n) => k.keep(printer.number(assertDefined(adjoint.gradients[n], n))));
        earlier.forEach((value, i) => k.set(assertDefined(carried[i]?.[j], "carried"), value));
        return input;
      });
      storeTile(k, cell(plan.inputGradient, row, tile), gradients);
    });
    plan.carried.forEach((matrix, i) => storeTile(k, cell(matrix, sample, tile), assertDefined(carried[i], "carried")));
  });
  return k.finish();
}

/** Arguments: samples [0, 1). Adds the input gradient of each row to the weight rows of its events. */
function weightGradientKernel(
  name: string,
  plan: LayerPlan,
  stepCount: number,
  gradient: Matrix,
  lists: EventLists,
): Kernel {
  const k = new KernelBuilder(name, 4);
  const from = k.keep(times(k.argument(0), stepCount));
  const to = k.keep(times(k.argument(1), stepCount));
  k.loop(i32(0), i32(plan.tiles * tileBytes), tileBytes, (tile) => {
    k.loop(from, to, 1, (row) => {
      const delta = loadTile(k, cell(plan.inputGradient, row, tile));
      eachEvent(k, lists, row, (offset) => {
        const at = k.keep(sum(offset, tile));
        delta.forEach((value, j) => {
          const place = gradient.address + 16 * j;
          k.store(at, place, apply("v.add", load("v128", at, place), value));
        });
      });
    });
  });
  return k.finish();
}

/** Σ over neurons of gradient · weight, for 16 inputs at once. */
function transposedProduct(k: KernelBuilder, plan: LayerPlan, transposed: Matrix, row: Value, tile: Value): Local[] {
  const totals = vectors.map(() => k.keep(vector(0)));
  const gradients = k.keep(sum(times(row, plan.inputGradient.stride), i32(plan.inputGradient.address)));
  k.loop(i32(0), i32(plan.neuronCount), 1, (n) => {
    const d = k.keep(apply("v.splat", load("f32", sum(gradients, times(n, 4)))));
    const at = k.keep(sum(times(n, transposed.stride), tile));
    totals.forEach((total, j) => {
      const weight = load("v128", at, transposed.address + 16 * j);
      k.set(total, apply("v.add", total, apply("v.mul", d, weight)));
    });
  });
  return totals;
}

/** Arguments: samples [0, 1), address and row stride of the layer below's spike gradient. */
function inputGradientKernel(name: string, plan: LayerPlan, transposed: Matrix, stepCount: number): Kernel {
  const k = new KernelBuilder(name, 4);
  const from = k.keep(times(k.argument(0), stepCount));
  const to = k.keep(times(k.argument(1), stepCount));
  k.loop(from, to, 1, (row) => {
    k.loop(i32(0), i32(transposed.stride), tileBytes, (tile) => {
      const totals = transposedProduct(k, plan, transposed, row, tile);
      storeTile(k, sum(apply("i32.mul", row, k.argument(3)), tile, k.argument(2)), totals);
    });
  });
  return k.finish();
}

/** Arguments: samples [0, 1), one step [2]. Adds to the spike gradient of the step before. */
function recurrentGradientKernel(name: string, plan: LayerPlan, transposed: Matrix, stepCount: number): Kernel {
  const k = new KernelBuilder(name, 4);
  eachTile(k, plan, (sample, tile) => {
    const row = k.keep(rowOf(sample, k.argument(2), stepCount));
    const totals = transposedProduct(k, plan, transposed, row, tile);
    const at = k.keep(cell(plan.spikeGradient, apply("i32.sub", row, i32(1)), tile));
    totals.forEach((total, j) => k.store(at, 16 * j, apply("v.add", load("v128", at, 16 * j), total)));
  });
  return k.finish();
}

/** Arguments: samples [0, 1). Adds direct input · weights to the base, once for all steps. */
function directKernel(name: string, plan: LayerPlan, values: Matrix): Kernel {
  const k = new KernelBuilder(name, 4);
  eachTile(k, plan, (sample, tile) => {
    const address = k.keep(cell(plan.base, sample, tile));
    const totals = loadTile(k, address);
    const input = k.keep(sum(times(sample, values.stride), i32(values.address)));
    k.loop(i32(0), i32(plan.inputCount), 1, (i) => {
      const x = k.keep(apply("v.splat", load("f32", sum(input, times(i, 4)))));
      const at = k.keep(sum(times(i, plan.weights.stride), tile));
      totals.forEach((total, j) => {
        const weight = load("v128", at, plan.weights.address + 16 * j);
        k.set(total, apply("v.add", total, apply("v.mul", x, weight)));
      });
    });
    storeTile(k, address, totals);
  });
  return k.finish();
}

/** Arguments: samples [0, 1). Weight gradient of a direct input: the time sum of the input gradient, once. */
function directGradientKernel(
  name: string,
  plan: LayerPlan,
  options: { readonly stepCount: number; readonly values: Matrix },
): Kernel {
  const k = new KernelBuilder(name, 4);
  const { values, stepCount } = options;
  eachTile(k, plan, (sample, tile) => {
    const totals = vectors.map(() => k.keep(vector(0)));
    k.loop(i32(0), i32(stepCount), 1, (step) => {
      const row = loadTile(k, cell(plan.inputGradient, rowOf(sample, step, stepCount), tile));
      totals.forEach((total, j) => k.set(total, apply("v.add", total, assertDefined(row[j], "row"))));
    });
    const input = k.keep(sum(times(sample, values.stride), i32(values.address)));
    k.loop(i32(0), i32(plan.inputCount), 1, (i) => {
      const x = k.keep(apply("v.splat", load("f32", sum(input, times(i, 4)))));
      const at = k.keep(sum(times(i, plan.weightGradient.stride), tile));
      totals.forEach((total, j) => {
        const place = plan.weightGradient.address + 16 * j;
        k.store(at, place, apply("v.add", load("v128", at, place), apply("v.mul", x, total)));
      });
    });
  });
  return k.finish();
}
