import type { EventRecording } from "../../model/encoding/index.ts";

/** Samples of one split. Exactly one of `values` and `recordings` is given. */
export interface Split {
  readonly sampleCount: number;
  readonly labels: Uint8Array;
  /** Shape [sample, feature], 0…`maxValue` of the data set. */
  readonly values?: Uint8Array;
  /** One list of events per sample. */
  readonly recordings?: readonly EventRecording[];
}

/** Labelled data with its origin. */
export interface Dataset {
  readonly name: string;
  readonly title: string;
  /** Who made it, and under which license. */
  readonly source: string;
  readonly license: string;
  /** Features of a sample: [height, width], or [2, height, width] for events. */
  readonly shape: readonly number[];
  readonly featureCount: number;
  readonly classCount: number;
  readonly maxValue: number;
  readonly train: Split;
  readonly test: Split;
}

/** The samples `from`…`to − 1` of a split. */
export function sliceSplit(split: Split, from: number, to: number, featureCount: number): Split {
  const end = Math.min(to, split.sampleCount);
  return {
    sampleCount: end - from,
    labels: split.labels.subarray(from, end),
    ...(split.values === undefined ? {} : { values: split.values.subarray(from * featureCount, end * featureCount) }),
    ...(split.recordings === undefined ? {} : { recordings: split.recordings.slice(from, end) }),
  };
}

/** A data set cut to its first samples. */
export function limitDataset(
  dataset: Dataset,
  limits: { readonly train?: number | undefined; readonly test?: number | undefined },
): Dataset {
  const { train, test, featureCount } = dataset;
  return {
    ...dataset,
    train: sliceSplit(train, 0, limits.train ?? train.sampleCount, featureCount),
    test: sliceSplit(test, 0, limits.test ?? test.sampleCount, featureCount),
  };
}

/**
 * Keep a share of the training split out of training: every k-th sample, so that all classes stay represented.
 * @returns Indices into the training split.
 */
export function splitValidation(
  split: Split,
  share: number,
): { readonly training: Uint32Array; readonly validation: Uint32Array } {
  const validation: number[] = [];
  const training: number[] = [];
  for (let i = 0; i < split.sampleCount; i++) {
    const taken = Math.floor((i + 1) * share) > Math.floor(i * share);
    (taken ? validation : training).push(i);
  }
  return { training: Uint32Array.from(training), validation: Uint32Array.from(validation) };
}
