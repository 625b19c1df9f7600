import { assertDefined, type ProgressListener } from "../../base/index.ts";
import type { Backend, CompileOptions } from "../../compute/index.ts";
import { accuracyOf, confusionMatrix, decideClasses } from "../../model/encoding/index.ts";
import { classCount, type Network } from "../../model/network/index.ts";
import { rowStart, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type { Calibration } from "../quantization/index.ts";
import { compileForBatch } from "./compile-batch.ts";
import { encodeBatch, type BatchOptions, type Dataset, type Split } from "../data/index.ts";

/** How a network does on data, by floating point. */
export interface Evaluation {
  readonly accuracy: number;
  /** Shape [label, decision]. */
  readonly confusion: readonly (readonly number[])[];
  readonly decisions: Uint16Array;
  /** What the readout says. Shape [sample, class]. */
  readonly outputs: Float32Array;
  /** Spikes per sample, one number per layer. */
  readonly spikesPerSample: readonly number[];
  /** Spikes of every layer, where asked for. Shape [step, sample, neuron]. */
  readonly layers?: readonly SpikeTrain[];
}

/** Run a network on the samples `indices` of a split (all of them by default). */
export async function evaluateNetwork(options: {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly split: Split;
  readonly indices?: ArrayLike<number>;
  readonly batch: BatchOptions;
  readonly backend: Backend;
  readonly onProgress?: ProgressListener;
  /** Keep the spikes of every layer. */
  readonly keepSpikes?: boolean;
  readonly limits?: Pick<CompileOptions, "threadCount" | "memoryLimitBytes">;
}): Promise<Evaluation> {
  const { network, dataset, split, backend } = options;
  const indices = options.indices ?? Uint32Array.from({ length: split.sampleCount }, (_, i) => i);
  const { executor: compiled, partSize: size } = await compileForBatch(
    backend,
    network,
    Math.min(128, Math.max(1, indices.length)),
    { surrogate: { kind: "fastSigmoid", slope: 1 }, detachReset: true, ...options.limits },
  );
  using executor = compiled;
  const outputs = new Float32Array(indices.length * classCount(network));
  const totals = network.layers.map(() => 0);
  const kept = network.layers.map(({ neuronCount }) =>
    spikeTrain({
      stepCount: network.stepCount,
      sampleCount: options.keepSpikes === true ? indices.length : 0,
      neuronCount,
    }),
  );
  for (let start = 0; start < indices.length; start += size) {
    const chosen = Array.from({ length: Math.min(size, indices.length - start) }, (_, i) => indices[start + i] ?? 0);
    const result = await executor.forward(encodeBatch(dataset, split, chosen, options.batch), { training: false });
    outputs.set(result.outputs, start * classCount(network));
    result.activity.forEach(({ spikeCount }, l) => (totals[l] = (totals[l] ?? 0) + spikeCount));
    if (options.keepSpikes === true) kept.forEach((train, l) => copySamples(executor.spikesOf(l), train, start));
    options.onProgress?.({ label: "evaluate", done: start + chosen.length, total: indices.length, unit: "samples" });
  }
  const decisions = decideClasses(outputs, classCount(network));
  const labels = Array.from(indices, (index) => assertDefined(split.labels[index], "label"));
  return {
    accuracy: accuracyOf(decisions, labels),
    confusion: confusionMatrix(decisions, labels, classCount(network)),
    decisions,
    outputs,
    spikesPerSample: totals.map((total) => total / Math.max(1, indices.length)),
    ...(options.keepSpikes === true ? { layers: kept } : {}),
  };
}

/** A calibration that runs these samples of the training split. */
export function calibrationOn(options: Omit<Parameters<typeof evaluateNetwork>[0], "network" | "split">): Calibration {
  return async (network) => {
    const run = await evaluateNetwork({ ...options, network, split: options.dataset.train, keepSpikes: true });
    return { ...run, layers: assertDefined(run.layers, "spikes") };
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Write the samples of `part` into `whole`, from sample `start` on. */
function copySamples(part: SpikeTrain, whole: SpikeTrain, start: number): void {
  const length = part.sampleCount * part.rowWords;
  for (let step = 0; step < part.stepCount; step++) {
    const from = rowStart(part, step, 0);
    whole.words.set(part.words.subarray(from, from + length), rowStart(whole, step, start));
  }
}
