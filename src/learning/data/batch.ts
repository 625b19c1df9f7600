import { assertDefined, randomStream, UserError, type RandomStream } from "../../base/index.ts";
import {
  binningOf,
  encode,
  encodedInputCount,
  encodeEvents,
  eventInputCount,
  type EncodedInput,
  type Encoding,
  type EventGrid,
  type EventRecording,
} from "../../model/encoding/index.ts";
import type { Grid } from "../../model/network/index.ts";
import { augmentImage, augments, eventShift, type Augmentation } from "./augment.ts";
import type { Dataset, Split } from "./dataset.ts";

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

/** Inputs that a network needs for this data under this encoding. @throws `encoding/no-rows` */
export function inputCountOf(dataset: Dataset, { encoding, pool }: Pick<BatchOptions, "encoding" | "pool">): number {
  return dataset.train.recordings === undefined
    ? encodedInputCount(encoding, dataset.shape)
    : eventInputCount(gridOf(dataset, pool), binningOf(encoding));
}

/**
 * What a convolution sees of this data: pixels, and for each of them its inputs side by side.
 * @throws `data/no-grid` where they do not lie so
 */
export function inputGridOf(dataset: Dataset, options: Pick<BatchOptions, "encoding" | "pool">): Grid {
  const { encoding, pool } = options;
  const [height = 0, width = 0] = dataset.shape.slice(-2);
  const isEvents = dataset.train.recordings !== undefined;
  const [rows, columns] = isEvents ? [Math.ceil(height / pool), Math.ceil(width / pool)] : [height, width];
  const channels = inputCountOf(dataset, options) / (rows * columns);
  if (isEvents && channels > 1 && binningOf(encoding).layout !== "pixels") {
    throw new UserError("data/no-grid", "a convolution needs the inputs of a pixel side by side", {
      hint: 'use the encoding\'s layout "pixels"',
    });
  }
  return { rows, columns, channels };
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
    : encodeRecordings(dataset, split.recordings, indices, options);
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
    shape,
    stepCount: options.stepCount,
    random: randomStream(options.seed, `encode ${options.augmentation === undefined ? "" : (options.epoch ?? 0)}`),
    sampleIds: indices,
  });
}

function encodeRecordings(
  dataset: Dataset,
  recordings: readonly EventRecording[],
  indices: ArrayLike<number>,
  options: BatchOptions,
): EncodedInput {
  const { pool, stepCount, augmentation, encoding } = options;
  const samples = Array.from(indices);
  const chosen = samples.map((index) => assertDefined(recordings[index], "recording"));
  const shifts =
    augmentation === undefined
      ? undefined
      : samples.map((index) => eventShift(augmentation, augmentationStream(options, index)));
  return encodeEvents(encoding, chosen, {
    grid: gridOf(dataset, pool),
    stepCount,
    ...(shifts === undefined ? {} : { shifts }),
  });
}

function gridOf(dataset: Dataset, pool: number): EventGrid {
  const [, height = 0, width = 0] = dataset.shape;
  return { height, width, pool };
}
