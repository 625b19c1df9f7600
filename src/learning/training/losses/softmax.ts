import type { Labels } from "./record.ts";

/** A matrix of class scores with what it costs. */
export interface ScoreLoss {
  /** Mean over the rows. */
  readonly loss: number;
  /** Shape of the scores. */
  readonly gradient: Float64Array;
}

/**
 * Cross-entropy of the softmax of every row, mean over the rows.
 *
 * @param scores     Shape [row, class].
 * @param labels     Class of a row: `labels[row % labels.length]`, so that rows may be [sample] or [step, sample].
 * @param smoothing  Share of the target spread evenly over all classes, 0…1.
 * @source           Smoothing: C. Szegedy and others, 2016, section 7, doi:10.1109/CVPR.2016.308
 */
export function crossEntropyOfRows(
  scores: Float64Array | Float32Array,
  labels: Labels,
  classCount: number,
  smoothing: number,
): ScoreLoss {
  const gradient = new Float64Array(scores.length);
  const rowCount = scores.length / classCount;
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    const label = labels[row % labels.length] ?? 0;
    total += crossEntropyOfRow(scores, row * classCount, { classCount, label, smoothing, gradient });
  }
  for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) / rowCount;
  return { loss: total / rowCount, gradient };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The row that starts at `from`; writes its part of `gradient`. Hot. */
function crossEntropyOfRow(
  scores: Float64Array | Float32Array,
  from: number,
  row: {
    readonly classCount: number;
    readonly label: number;
    readonly smoothing: number;
    readonly gradient: Float64Array;
  },
): number {
  const { classCount, label, smoothing, gradient } = row;
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classCount; c++) largest = Math.max(largest, scores[from + c] ?? 0);
  let sum = 0;
  for (let c = 0; c < classCount; c++) {
    const share = Math.exp((scores[from + c] ?? 0) - largest);
    gradient[from + c] = share;
    sum += share;
  }
  const logSum = largest + Math.log(sum);
  let loss = 0;
  for (let c = 0; c < classCount; c++) {
    const wanted = smoothing / classCount + (c === label ? 1 - smoothing : 0);
    if (wanted > 0) loss += wanted * (logSum - (scores[from + c] ?? 0));
    gradient[from + c] = (gradient[from + c] ?? 0) / sum - wanted;
  }
  return loss;
}
