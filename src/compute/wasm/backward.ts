// The backward pass of a layer: what its spikes mean for the layer above (a product with that layer's weights), then the adjoint of
// the neuron's update, backwards in time. The gradient with respect to the current replaces slot 0 of the tape.

import { assertDefined } from "../../base/index.ts";
import type { Expression } from "../../model/neuron/index.ts";
import { ExpressionPrinter, surrogateCode } from "../kernel/neuron-code.ts";
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
import type { Surrogate } from "../backend.ts";
import {
  addVectors,
  argument,
  argumentCount,
  eachTileSample,
  loadVectors,
  pairsOf,
  parameterValues,
  rowCell,
  sampleCell,
  storeVectors,
  zeroVectors,
} from "./code.ts";
import type { LayerPlan, Plan } from "./plan.ts";

/** Samples, or steps of one sample, whose products share a load of weights. */
export const sampleBlock = 4;
const stepBlock = 2;

/** Units: (tile, sample). A layer without recurrence. */
export function backwardKernel(
  name: string,
  plan: Plan,
  layer: LayerPlan,
  above: LayerPlan | undefined,
  surrogate: Surrogate,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  const scratch = k.keep(sum(times(k.argument(argument.thread), plan.scratchBytes), i32(plan.scratch)));
  eachTileSample(k, ({ tile, sample }) => {
    const first = k.keep(times(sample, plan.sampleRows));
    if (above !== undefined) {
      const weights = k.keep(transposedTile(layer, above, tile));
      k.loop(i32(0), k.argument(argument.steps), stepBlock, (step) => {
        const row = k.keep(sum(first, step));
        const from = Array.from({ length: stepBlock }, (_, i) => sum(row, i32(i)));
        const products = product(k, { above, rows, weights, width: layer.width, rowsFrom: from });
        const to = k.keep(sum(scratch, times(step, layer.tileBytes)));
        products.forEach((vectors, i) => storeVectors(k, to, i * layer.tileBytes, vectors));
      });
    }
    const cell = k.keep(sampleCell(layer, plan.maxSampleCount, tile, sample));
    const carried = layer.carried.map((address) => loadVectors(k, cell, address, layer.width));
    k.loop(i32(0), k.argument(argument.steps), -1, (step) => {
      const saved = k.keep(rowCell(layer, rows, tile, sum(first, step)));
      const fromAbove = above === undefined ? undefined : k.keep(sum(scratch, times(step, layer.tileBytes)));
      for (const pair of pairsOf(layer.width)) {
        const spikes = pair.map((j) => {
          const parts = [load("v128", cell, layer.staticGradient + 16 * j)];
          if (fromAbove !== undefined) parts.push(load("v128", fromAbove, 16 * j));
          if (layer.perStep !== undefined) parts.push(load("v128", saved, layer.perStep.spike + 16 * j));
          if (layer.spikeGradient !== undefined) parts.push(load("v128", saved, layer.spikeGradient + 16 * j));
          return k.keep(parts.reduce((a, b) => apply("v.add", a, b)));
        });
        const own = pair.map((j) => carried.map((locals) => assertDefined(locals[j], "carried")));
        adjointPair(k, layer, surrogate, { at: times(tile, layer.tileBytes), pair, cell, saved, spikes, carried: own });
      }
    });
    layer.carried.forEach((address, i) => storeVectors(k, cell, address, assertDefined(carried[i], "carried")));
  });
  return k.finish();
}

/**
 * Units: blocks of samples. A recurrent layer goes back step by step through all its tiles, because the spikes of a step also fed
 * the next one.
 */
export function recurrentBackwardKernel(
  name: string,
  plan: Plan,
  layer: LayerPlan,
  above: LayerPlan | undefined,
  surrogate: Surrogate,
): Kernel {
  const k = new KernelBuilder(name, argumentCount);
  const rows = plan.maxSampleCount * plan.sampleRows;
  const { transposed } = assertDefined(layer.recurrent, "recurrent weights");
  const samples = k.argument(argument.samples);
  k.loop(k.argument(argument.from), k.argument(argument.to), 1, (block) => {
    const sample = k.keep(times(block, sampleBlock));
    // A block may end beyond the last sample: the last is then read twice, but goes back only once.
    const members = Array.from({ length: sampleBlock }, (_, i) =>
      k.keep(smaller(sum(sample, i32(i)), sum(samples, i32(-1)))),
    );
    const firsts = members.map((member) => k.keep(times(member, plan.sampleRows)));
    k.loop(i32(0), k.argument(argument.steps), -1, (step) => {
      k.loop(i32(0), i32(layer.tiles), 1, (tile) => {
        const from = firsts.map((first) => k.keep(sum(first, step)));
        const later = from.map((row) => k.keep(sum(row, i32(1))));
        const own = k.keep(times(tile, layer.neuronCount * layer.tileBytes));
        const recurrentPart = product(k, {
          above: layer,
          rows,
          weights: k.keep(sum(own, i32(transposed))),
          width: layer.width,
          rowsFrom: later,
        });
        const totals =
          above === undefined
            ? recurrentPart
            : product(k, {
                above,
                rows,
                weights: k.keep(transposedTile(layer, above, tile)),
                width: layer.width,
                rowsFrom: from,
                start: recurrentPart,
              });
        const goBack = (member: Local, i: number): void => {
          const cell = k.keep(sampleCell(layer, plan.maxSampleCount, tile, member));
          const saved = k.keep(rowCell(layer, rows, tile, assertDefined(from[i], "row")));
          for (const pair of pairsOf(layer.width)) {
            const carried = pair.map((j) =>
              layer.carried.map((address) => k.keep(load("v128", cell, address + 16 * j))),
            );
            const spikes = pair.map((j) => {
              const fixed = load("v128", cell, layer.staticGradient + 16 * j);
              const constant =
                layer.spikeGradient === undefined
                  ? fixed
                  : apply("v.add", fixed, load("v128", saved, layer.spikeGradient + 16 * j));
              return k.keep(apply("v.add", constant, assertDefined(totals[i]?.[j], "product")));
            });
            adjointPair(k, layer, surrogate, { at: times(tile, layer.tileBytes), pair, cell, saved, spikes, carried });
            layer.carried.forEach((address, s) => {
              const values = carried.map((locals) => assertDefined(locals[s], "carried"));
              storeVectors(k, cell, address + 16 * pair[0], values);
            });
          }
        };
        members.forEach((member, i) => {
          if (i === 0) goBack(member, i);
          else k.if(apply("i32.lt_s", sum(sample, i32(i)), samples), () => goBack(member, i));
        });
      });
    });
  });
  return k.finish();
}

// ---------------------------------------------------------------------------------------------------------------------

function smaller(a: Value, b: Value): Value {
  // min(a, b) without a branch: b + (a − b) · [a < b].
  return sum(b, apply("i32.mul", apply("i32.sub", a, b), apply("i32.lt_s", a, b)));
}

/** Address of the weights from a tile of `layer` to every neuron of `above`: [neuron][width]. */
function transposedTile(layer: LayerPlan, above: LayerPlan, tile: Value): Value {
  const address = assertDefined(above.transposed, "transposed weights");
  return sum(times(tile, above.neuronCount * layer.tileBytes), i32(address));
}

/**
 * Σ over the neurons of `above` of dLoss/dInput · weight, for several rows and one tile of the layer below.
 * @param weights  Address of [neuron of above][width].
 */
export function product(
  k: KernelBuilder,
  parts: {
    readonly above: LayerPlan;
    readonly rows: number;
    readonly weights: Local;
    readonly width: number;
    readonly rowsFrom: readonly Value[];
    readonly start?: readonly (readonly Local[])[];
  },
): Local[][] {
  const { above, rows, width, rowsFrom } = parts;
  const totals = rowsFrom.map((_, i) => {
    const start = parts.start?.[i];
    return start === undefined ? zeroVectors(k, width) : [...start];
  });
  const gradient = assertDefined(above.saved[0], "gradient");
  const groups =
    width === 32
      ? [
          [0, 1, 2, 3],
          [4, 5, 6, 7],
        ]
      : [[0, 1, 2, 3]];
  for (const group of groups) {
    const at = k.keep(parts.weights);
    const upper = (tile: Value, neurons: number): void => {
      const pointers = rowsFrom.map((row) => k.keep(rowCell(above, rows, tile, row)));
      k.loop(i32(0), i32(4 * neurons), 4, (neuron) => {
        const weights = group.map((j) => k.keep(load("v128", at, 16 * j)));
        pointers.forEach((pointer, i) => {
          const d = k.keep(load("v128.splat", sum(pointer, neuron), gradient));
          group.forEach((j, v) => {
            const total = assertDefined(totals[i]?.[j], "total");
            k.set(total, apply("v.add", total, apply("v.mul", d, assertDefined(weights[v], "weight"))));
          });
        });
        k.set(at, sum(at, i32(4 * width)));
      });
    };
    const whole = Math.floor(above.neuronCount / above.width);
    if (whole > 0) k.loop(i32(0), i32(whole), 1, (tile) => upper(tile, above.width));
    const rest = above.neuronCount - whole * above.width;
    if (rest > 0) upper(i32(whole), rest);
  }
  return totals;
}

/** Eight neurons, one step back: replaces the carried gradients and slot 0 of the tape. Returns the values of `also`. */
export function adjointPair(
  k: KernelBuilder,
  layer: LayerPlan,
  surrogate: Surrogate,
  parts: {
    /** Byte offset of the neurons' parameters. */
    readonly at: Value;
    readonly pair: readonly number[];
    readonly cell: Local;
    readonly saved: Local;
    /** dLoss/dSpike and the carried gradients of each vector of the pair. */
    readonly spikes: readonly Local[];
    readonly carried: readonly (readonly Local[])[];
    readonly also?: Expression | undefined;
  },
): readonly Local[] {
  const { pair, saved, cell } = parts;
  const learned = Array.from(layer.parameters, ([name, { perSample }]) => ({ name, perSample }));
  const isSummed = layer.normalization !== undefined || layer.layer.bias !== undefined || layer.base !== undefined;
  const sumAddresses = [...(isSummed ? [layer.inputGradientSum] : []), ...learned.map(({ perSample }) => perSample)];
  const before = pair.map((j) => ({
    tape: layer.tape.saved.map((_, slot) => k.keep(load("v128", saved, slotOf(layer, slot) + 16 * j))),
    potential:
      layer.perStep === undefined ? undefined : k.keep(load("v128", saved, layer.perStep.potentialGradient + 16 * j)),
    sums: sumAddresses.map((address) => k.keep(load("v128", cell, address + 16 * j))),
    parameters: parameterValues(layer, parts.at, j),
  }));
  const after = pair.map((_, i) => {
    const { tape, potential, parameters } = assertDefined(before[i], "before");
    const carried = assertDefined(parts.carried[i], "carried");
    return adjointVector(k, layer, surrogate, {
      tape,
      potential,
      environment: parameters,
      spike: assertDefined(parts.spikes[i], "spike"),
      carried,
      learned: learned.map(({ name }) => name),
      also: parts.also,
    });
  });
  const first = 16 * assertDefined(pair[0], "vector");
  storeVectors(
    k,
    saved,
    slotOf(layer, 0) + first,
    after.map(({ input }) => input),
  );
  sumAddresses.forEach((address, s) => {
    const sums = after.map(({ input, parameters }, i) => {
      const own = assertDefined([...(isSummed ? [input] : []), ...parameters][s], "gradient");
      return apply("v.add", assertDefined(before[i]?.sums[s], "sum"), own);
    });
    storeVectors(k, cell, address + first, sums);
  });
  return after.flatMap(({ also }) => (also === undefined ? [] : [also]));
}

/** The adjoint on four neurons; sets the carried gradients to those of the step before. */
function adjointVector(
  k: KernelBuilder,
  layer: LayerPlan,
  surrogate: Surrogate,
  parts: {
    readonly tape: readonly Local[];
    readonly potential: Local | undefined;
    readonly environment: Map<string, Value>;
    readonly spike: Local;
    readonly carried: readonly Local[];
    readonly learned: readonly string[];
    readonly also: Expression | undefined;
  },
): { readonly input: Local; readonly parameters: readonly Local[]; readonly also: Local | undefined } {
  const { environment, carried } = parts;
  const { neuron, tape } = layer;
  const known = new Map(tape.saved.map((node, slot) => [node, assertDefined(parts.tape[slot], "tape")]));
  const isSaved = (name: string): boolean => tape.saved.some((node) => node.op === "reference" && node.name === name);
  environment.set("gradient.spike", parts.spike);
  neuron.state.forEach((name, i) => {
    const local = assertDefined(carried[i], "carried");
    if (name === "v" && parts.potential !== undefined) k.set(local, apply("v.add", local, parts.potential));
    environment.set(`gradient.${name}`, local);
  });
  if (isSaved("input")) {
    const forward = new ExpressionPrinter(k, environment, known);
    tape.surrogates.forEach((argumentOf, s) => {
      environment.set(`surrogate.${s}`, k.keep(surrogateCode(k, surrogate, k.keep(forward.number(argumentOf)))));
    });
  }
  const printer = new ExpressionPrinter(k, environment, known);
  const gradientOf = (name: string): Local => k.keep(printer.number(assertDefined(tape.gradients[name], name)));
  const input = gradientOf("input");
  const earlier = neuron.state.map(gradientOf);
  const parameters = parts.learned.map(gradientOf);
  const also = parts.also === undefined ? undefined : k.keep(printer.number(parts.also));
  earlier.forEach((value, i) => k.set(assertDefined(carried[i], "carried"), value));
  return { input, parameters, also };
}

function slotOf(layer: LayerPlan, slot: number): number {
  return assertDefined(layer.saved[slot], "slot");
}

/** Adds per-sample vectors of a tile up, sample by sample: [tile][sample][width] to one row. */
export function sumSamples(k: KernelBuilder, plan: Plan, layer: LayerPlan, tile: Value, perSample: number): Local[] {
  const totals = zeroVectors(k, layer.width);
  k.loop(i32(0), k.argument(argument.samples), 1, (sample) => {
    addVectors(k, totals, k.keep(sampleCell(layer, plan.maxSampleCount, tile, sample)), perSample);
  });
  return totals;
}
