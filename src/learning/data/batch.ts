import { assertDefined, randomStream, type RandomStream } from "../../base/index.ts";
import { encode, type EncodedInput, type Encoding } from "../../model/encoding/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { augmentImage, augments, eventShift, type Augmentation } from "./augment.ts";
import type { Dataset, EventRecording, Split } from "./dataset.ts";

export interface BatchOptions {
  readonly encoding: Encoding;
  readonly stepCount: number;
  readonly seed: number;
  /** Sum pixels of events in squares of this side; 1 keeps the resolution. */
  readonly pool: number;
  /** Only for training. */
  readonly augmentation?: Augmentation;
  /** Which epoch draws the augmentation; the same sample changes from epoch to epoch. */
  readonly epoch?: number;
}

/** Inputs that a network needs for this data. */
export function inputCountOf(dataset: Dataset, pool: number): number {
  const [first = 0, height = 0, width = 0] = dataset.shape;
  if (dataset.shape.length < 3) return dataset.featureCount;
  return first * Math.ceil(height / pool) * Math.ceil(width / pool);
}

/** Encode the samples `indices` of a split. A sample's spikes do not depend on who else is in the batch. */
export function encodeBatch(
  dataset: Dataset,
  split: Split,
  indices: ArrayLike<number>,
  options: BatchOptions,
): EncodedInput {
  return split.recordings === undefined
    ? encodeImages(dataset, split, indices, options)
    : encodeEvents(dataset, split.recordings, indices, options);
}

// ---------------------------------------------------------------------------------------------------------------------

function augmentationStream(options: BatchOptions, sample: number): RandomStream {
  return randomStream(options.seed, `augment ${options.epoch ?? 0} ${sample}`);
}

function encodeImages(dataset: Dataset, split: Split, indices: ArrayLike<number>, options: BatchOptions): EncodedInput {
  const { featureCount, maxValue, shape } = dataset;
  const all = assertDefined(split.values, "values");
  const values = new Float32Array(indices.length * featureCount);
  const { augmentation } = options;
  const image = new Float32Array(featureCount);
  for (let i = 0; i < indices.length; i++) {
    const sample = indices[i] ?? 0;
    const target = values.subarray(i * featureCount, (i + 1) * featureCount);
    const from = sample * featureCount;
    const changed = augmentation !== undefined && augments(augmentation);
    const plain = changed ? image : target;
    for (let k = 0; k < featureCount; k++) plain[k] = (all[from + k] ?? 0) / maxValue;
    if (changed) {
      const random = augmentationStream(options, sample);
      augmentImage(image, target, { width: shape[1] ?? 1, augmentation, random });
    }
  }
  return encode(options.encoding, values, {
    featureCount,
    stepCount: options.stepCount,
    random: randomStream(options.seed, `encode ${options.augmentation === undefined ? "" : (options.epoch ?? 0)}`),
    sampleIds: indices,
  });
}

function encodeEvents(
  dataset: Dataset,
  recordings: readonly EventRecording[],
  indices: ArrayLike<number>,
  options: BatchOptions,
): EncodedInput {
  const [, height = 0, width = 0] = dataset.shape;
  const { pool, stepCount, augmentation } = options;
  const columns = Math.ceil(width / pool);
  const rows = Math.ceil(height / pool);
  const spikes = spikeTrain({ stepCount, sampleCount: indices.length, neuronCount: 2 * rows * columns });
  for (let i = 0; i < indices.length; i++) {
    const { times, x, y, polarity } = assertDefined(recordings[indices[i] ?? 0], "recording");
    const [dx, dy] =
      augmentation === undefined ? [0, 0] : eventShift(augmentation, augmentationStream(options, indices[i] ?? 0));
    // Bins of equal length over the recording, which begins at its first event.
    const start = times[0] ?? 0;
    const duration = (times.at(-1) ?? 0) - start + 1;
    for (let e = 0; e < times.length; e++) {
      const [column, row] = [(x[e] ?? 0) + dx, (y[e] ?? 0) + dy];
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const step = Math.min(stepCount - 1, Math.floor((((times[e] ?? 0) - start) * stepCount) / duration));
      const pixel = Math.floor(row / pool) * columns + Math.floor(column / pool);
      setSpike(spikes, step, i, (polarity[e] ?? 0) * rows * columns + pixel);
    }
  }
  return { kind: "spikes", spikes };
}
