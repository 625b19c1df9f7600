// Four ways to compress one trained network: quantize only, prune only (at 8 bits), both at once, and prune, then quantize. Every
// point is fine-tuned from the same float network for the same number of epochs and judged by the golden model on the test split.

import { assertDefined, hashValue } from "../base/index.ts";
import { wasmBackendOn } from "../compute/index.ts";
import { nonDominated } from "../exploration/index.ts";
import { lowerNetwork, runGoldenFast } from "../hardware/golden/index.ts";
import { evaluateNetwork, train, type TrainingOptions } from "../learning/index.ts";
import { accuracyOf } from "../model/encoding/index.ts";
import { layerColumns, type Network } from "../model/network/index.ts";
import {
  countSynapticOperations,
  logicalBits,
  measureConnections,
  storageFormats,
  totalOperations,
} from "../model/sparsity/index.ts";
import { countSpikes } from "../model/tensor/index.ts";
import type { Platform } from "../platform/index.ts";
import { openRun } from "../runs/index.ts";
import type { Config } from "./config.ts";
import { runStage, type EventListener, type Session } from "./session.ts";
import {
  batchOptions,
  encodeSpikes,
  loadData,
  percent,
  trainBase,
  tuningOptions,
  type BaseResult,
  type Data,
} from "./stages/software.ts";

export type RegimeName = "float" | "quantize" | "prune" | "joint" | "cumulative";

/** One compressed network. Counts are per test sample. */
export interface RegimePoint {
  readonly regime: RegimeName;
  readonly seed: number;
  readonly weightBits: number | undefined;
  /** What pruning was asked for. */
  readonly sparsity: number;
  /** On the test split, by the golden model; by floats for `float`. */
  readonly accuracy: number;
  /** Share of zero weights that came out, of all layers and of each. */
  readonly connectionSparsity: number;
  readonly layers: readonly { readonly layer: string; readonly connectionSparsity: number }[];
  readonly spikes: number;
  readonly additions: number;
  /** Exact bits of all weights in each storage format. */
  readonly formats: readonly { readonly format: string; readonly bits: number }[];
}

export interface RegimesResult {
  readonly points: readonly RegimePoint[];
  /** Places in `points` that no other beats in accuracy and in bits of the smallest format, means over seeds. */
  readonly front: readonly number[];
}

/** Bits of networks that are only pruned. */
const prunedBits = 8;

/** The points of the four regimes over the bits and sparsities that a document explores; zero sparsity is quantization only. */
export function regimePlan(config: Config): readonly Pick<RegimePoint, "regime" | "weightBits" | "sparsity">[] {
  const { weightBits, sparsity } = config.explore;
  const shares = sparsity.filter((share) => share > 0);
  const low = weightBits.filter((bits) => bits !== prunedBits);
  const pairs = low.flatMap((bits) => shares.map((share) => ({ weightBits: bits, sparsity: share })));
  return [
    ...weightBits.map((bits) => ({ regime: "quantize", weightBits: bits, sparsity: 0 }) as const),
    ...shares.map((share) => ({ regime: "prune", weightBits: prunedBits, sparsity: share }) as const),
    ...pairs.map((pair) => ({ regime: "joint", ...pair }) as const),
    ...pairs.map((pair) => ({ regime: "cumulative", ...pair }) as const),
  ];
}

/** Run the regimes for every seed; each point is a stage that a later run reuses. */
export async function runRegimes(options: {
  readonly platform: Platform;
  readonly config: Config;
  readonly runFolder: string;
  readonly packageFolder: string;
  readonly seeds: readonly number[];
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
}): Promise<RegimesResult> {
  await using run = await openRun(options.platform, options.runFolder);
  const points: RegimePoint[] = [];
  for (const seed of options.seeds) {
    const session: Session = { ...options, config: { ...options.config, seed }, run, ledger: [] };
    const data = await loadData(session);
    const base = await trainBase(session, data, assertDefined(session.config.explore.stepCount[0], "step count"));
    points.push(await floatPoint(session, data, base));
    for (const point of regimePlan(session.config)) points.push(await compressedPoint(session, data, base, point));
  }
  return { points, front: frontOf(points) };
}

/** Bits of the smallest format. */
export function smallestBits({ formats }: RegimePoint): number {
  return Math.min(...formats.map(({ bits }) => bits));
}

// ---------------------------------------------------------------------------------------------------------------------

type Asked = Pick<RegimePoint, "regime" | "weightBits" | "sparsity">;

async function floatPoint(session: Session, data: Data, { network }: BaseResult): Promise<RegimePoint> {
  const { dataset } = data;
  const batch = batchOptions(session.config, network.stepCount);
  const backend = wasmBackendOn(session.platform.threads);
  const judged = await evaluateNetwork({ network, dataset, split: dataset.test, batch, backend, keepSpikes: true });
  const asked: Asked = { regime: "float", weightBits: undefined, sparsity: 0 };
  return pointOf(session, data, asked, network, judged.accuracy, assertDefined(judged.layers, "spikes"));
}

function compressedPoint(session: Session, data: Data, base: BaseResult, asked: Asked): Promise<RegimePoint> {
  const { config } = session;
  const { regime, weightBits, sparsity } = asked;
  return runStage(
    session,
    {
      name: `${regime}, ${weightBits ?? 32} bit, sparsity ${sparsity}, seed ${config.seed}`,
      version: 1,
      inputs: {
        base: hashValue(base.network),
        data: data.hash,
        tuning: config.tuning,
        training: config.training,
        numerics: config.numerics,
        ...asked,
      },
      run: async () => {
        const network = await compress(session, data, base.network, asked);
        const indices = Uint32Array.from({ length: data.dataset.test.sampleCount }, (_, i) => i);
        const batch = batchOptions(config, network.stepCount);
        const input = encodeSpikes(data.dataset, data.dataset.test, indices, batch);
        const trace = runGoldenFast(lowerNetwork(network, config.numerics), input);
        const accuracy = accuracyOf(trace.decisions, data.dataset.test.labels);
        return pointOf(session, data, asked, network, accuracy, trace.layers);
      },
    },
    ({ accuracy, connectionSparsity }) => `${percent(accuracy)}, ${percent(connectionSparsity)} zeros`,
  );
}

async function compress(session: Session, data: Data, base: Network, asked: Asked): Promise<Network> {
  const { regime, weightBits, sparsity } = asked;
  if (regime !== "cumulative") return await tune(session, data, base, { ...asked, keepZeros: false });
  const pruned = await tune(session, data, base, { weightBits: undefined, sparsity, keepZeros: false });
  return await tune(session, data, pruned, { weightBits, sparsity: 0, keepZeros: true });
}

async function tune(
  session: Session,
  data: Data,
  network: Network,
  how: { readonly weightBits: number | undefined; readonly sparsity: number; readonly keepZeros: boolean },
): Promise<Network> {
  const { config } = session;
  const training: TrainingOptions = {
    ...tuningOptions(config, how.sparsity),
    ...(how.weightBits === undefined ? {} : { weightBits: how.weightBits }),
    ...(how.keepZeros ? { keepZeros: true } : {}),
  };
  const batch = batchOptions(config, network.stepCount);
  const backend = wasmBackendOn(session.platform.threads);
  return (await train({ network, dataset: data.dataset, batch, backend, training, signal: session.signal })).network;
}

function pointOf(
  { config }: Session,
  { dataset }: Data,
  asked: Asked,
  network: Network,
  accuracy: number,
  layers: Parameters<typeof countSynapticOperations>[1]["layers"],
): RegimePoint {
  const { sampleCount } = dataset.test;
  const indices = Uint32Array.from({ length: sampleCount }, (_, i) => i);
  const spikes = encodeSpikes(dataset, dataset.test, indices, batchOptions(config, network.stepCount));
  const operations = totalOperations(countSynapticOperations(network, { input: { kind: "spikes", spikes }, layers }));
  const measured = network.layers.map((layer) => ({
    layer: layer.name,
    size: layer.weights.data.length,
    ...measureConnections(layer.weights.data, layerColumns(layer)),
  }));
  const size = measured.reduce((sum, layer) => sum + layer.size, 0);
  return {
    ...asked,
    seed: config.seed,
    accuracy,
    connectionSparsity: 1 - measured.reduce((sum, { nonZeroCount }) => sum + nonZeroCount, 0) / size,
    layers: measured.map(({ layer, connectionSparsity }) => ({ layer, connectionSparsity })),
    spikes: layers.reduce((sum, train) => sum + countSpikes(train), 0) / sampleCount,
    additions: operations.accumulates / sampleCount,
    formats: formatBits(network),
  };
}

/** A float network has 32 bits for each weight and no other format. */
function formatBits(network: Network): RegimePoint["formats"] {
  if (network.layers.some(({ quantizer }) => quantizer === undefined)) {
    const bits = network.layers.reduce((sum, { weights }) => sum + 32 * weights.data.length, 0);
    return [{ format: "dense", bits }];
  }
  const matrices = network.layers.map((layer) => {
    const { bits, scale } = assertDefined(layer.quantizer, "quantizer");
    const columns = layerColumns(layer);
    const values = Array.from(layer.weights.data, (w) => Math.round(w / scale));
    return { rows: values.length / columns, columns, bits, values };
  });
  return storageFormats.map((format) => ({
    format: format.name,
    bits: matrices.reduce((sum, matrix) => sum + logicalBits(format.encode(matrix, 1)), 0),
  }));
}

function frontOf(points: readonly RegimePoint[]): number[] {
  const seed = points[0]?.seed;
  const same = (a: RegimePoint, b: RegimePoint): boolean =>
    a.regime === b.regime && a.weightBits === b.weightBits && a.sparsity === b.sparsity;
  const first = points.flatMap((point, place) => (point.seed === seed ? [place] : []));
  const costs = first.map((place) => {
    const all = points.filter((point) => same(point, assertDefined(points[place], "point")));
    const mean = (of: (point: RegimePoint) => number): number => all.reduce((sum, p) => sum + of(p), 0) / all.length;
    return [1 - mean(({ accuracy }) => accuracy), mean(smallestBits)];
  });
  return nonDominated(costs).map((k) => assertDefined(first[k], "place"));
}
