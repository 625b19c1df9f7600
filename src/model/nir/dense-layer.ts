// Whatever is no convolution as a layer of rows: one for each input, or for each input and delay.

import { UserError } from "../../base/index.ts";
import { longestDelay, type DenseLayer } from "../network/index.ts";
import { tensor, type Tensor } from "../tensor/index.ts";
import { toChannelsLast } from "./channel-order.ts";
import { nodeAt, noChain, type Link } from "./chain.ts";
import type { LinkNeurons } from "./layer-neurons.ts";
import { linearPart, type Late } from "./linear-part.ts";
import type { NirPlan } from "./plan.ts";
import { cellsOf } from "./shapes.ts";

/** What the rows of a layer see. */
export interface RowSource {
  readonly at: number;
  readonly shape: readonly number[];
}

type Own = Pick<DenseLayer, "kind" | "weights" | "bias" | "delays" | "recurrentWeights">;

/** Most weights that are written out for a map that is no matrix in the file. */
export const mostWrittenOut: number = 2 ** 24;

/**
 * The synapses of a layer, by what each spike adds.
 * @throws `nir/no-chain` (exit "unsupported"), where feedback or delays do not fit a layer
 */
export function rowsOf(
  plan: NirPlan,
  link: Link,
  source: RowSource,
  neurons: LinkNeurons,
): { readonly own: Own; readonly notes: readonly string[] } {
  const part = linearPart(plan, link);
  const { path } = nodeAt(plan, link.at);
  const { count } = neurons;
  const order = toChannelsLast(neurons.shape);
  const rows = toChannelsLast(source.shape).flatMap((place, input) =>
    [...part.response(source.at, place)].map(([late, values]) => ({ input, late, values })),
  );
  const put = (data: Float32Array, row: number, values: Float32Array): void => {
    order.forEach((o, to) => (data[row * count + to] = (values[values.length === 1 ? 0 : o] ?? 0) * neurons.gain(o)));
  };
  const bias = biasOf(part.bias(), neurons, order);
  return {
    own: {
      kind: "dense",
      ...forwardRows(rows, cellsOf(source.shape), count, put, path),
      ...(bias.values.some((value) => value !== 0) ? { bias: tensor([count], bias.values) } : {}),
      ...(link.isRecurrent ? { recurrentWeights: feedback(plan, link, part, neurons, put) } : {}),
    },
    notes: bias.isLate
      ? [
          `node "${path}": a bias behind a delay or in a cycle arrives in the first step already; in the graph it does not`,
        ]
      : [],
  };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Row {
  readonly input: number;
  readonly late: number;
  readonly values: Float32Array;
}

type Put = (data: Float32Array, row: number, values: Float32Array) => void;

function forwardRows(
  rows: readonly Row[],
  inputs: number,
  count: number,
  put: Put,
  path: string,
): Pick<Own, "weights" | "delays"> {
  if (rows.every(({ late }) => late === 0)) {
    const data = new Float32Array(inputs * count);
    for (const { input, values } of rows) put(data, input, values);
    return { weights: tensor([inputs, count], data) };
  }
  const used = rows.filter(({ values }) => values.some((value) => value !== 0));
  const kept = (used.length === 0 ? rows.slice(0, 1) : used).toSorted((a, b) => a.late - b.late);
  const longest = kept.reduce((most, { late }) => Math.max(most, late), 0);
  if (longest > longestDelay) {
    throw noChain(path, `a spike reaches it ${longest} steps late, and a layer delays by ${longestDelay} at most`);
  }
  const data = new Float32Array(kept.length * count);
  kept.forEach(({ values }, row) => put(data, row, values));
  return {
    weights: tensor([kept.length, count], data),
    delays: {
      sources: Uint32Array.from(kept, ({ input }) => input),
      steps: Uint8Array.from(kept, ({ late }) => late),
    },
  };
}

function feedback(
  plan: NirPlan,
  link: Link,
  part: ReturnType<typeof linearPart>,
  { shape, count }: LinkNeurons,
  put: Put,
): Tensor {
  const { path } = nodeAt(plan, link.at);
  if (plan.populations.get(link.at)?.firesFirst === true) {
    throw noChain(path, "its recurrent weights see the spikes of the same step");
  }
  const data = new Float32Array(count * count);
  toChannelsLast(shape).forEach((place, row) => {
    for (const [late, values] of part.response(link.at, place)) {
      if (late !== 1) throw noChain(path, `its feedback arrives ${late} steps late, and a layer's arrives after one`);
      put(data, row, values);
    }
  });
  return tensor([count, count], data);
}

function biasOf(
  late: Late,
  neurons: LinkNeurons,
  order: readonly number[],
): { readonly values: Float32Array; readonly isLate: boolean } {
  const sum = new Float64Array(neurons.count);
  let isLate = false;
  for (const [steps, values] of late) {
    if (steps > 0 && values.some((value) => value !== 0)) isLate = true;
    sum.forEach((total, n) => (sum[n] = total + (values[values.length === 1 ? 0 : n] ?? 0)));
  }
  return { values: Float32Array.from(order, (o) => (sum[o] ?? 0) * neurons.gain(o) + neurons.drift(o)), isLate };
}

/** @throws `nir/no-chain` (exit "unsupported") for maps that would fill the memory */
export function assertWritable(path: string, inputs: number, count: number, why: string): void {
  if (inputs * count <= mostWrittenOut) return;
  const message = `${why}; written out it would be a matrix of ${inputs} × ${count}, more than ${mostWrittenOut} weights`;
  throw new UserError(noChain(path, message).code, noChain(path, message).message, { exit: "unsupported", path });
}
