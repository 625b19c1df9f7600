import { assertDefined } from "../../base/index.ts";

export type Loss =
  /** Cross-entropy of the softmax over counts (or potentials). */
  | { readonly kind: "cross-entropy" }
  /**
   * Mean squared distance of the counts to targets: T · correctRate for the right class, T · incorrectRate for the others.
   * @source snntorch.functional.loss.mse_count_loss, without population code
   */
  | { readonly kind: "mse-count"; readonly correctRate: number; readonly incorrectRate: number };

export interface LossResult {
  /** Mean over the batch. */
  readonly loss: number;
  /** dLoss/dOutputs. Shape [sample, class]. */
  readonly gradient: Float32Array;
  readonly rightCount: number;
}

/**
 * Loss, gradient and right decisions of a batch.
 * @param outputs  Shape [sample, class].
 * @param labels   Shape [sample].
 */
export function evaluateLoss(
  loss: Loss,
  outputs: Float32Array,
  labels: ArrayLike<number>,
  options: { readonly classCount: number; readonly stepCount: number },
): LossResult {
  const { classCount, stepCount } = options;
  const sampleCount = labels.length;
  const gradient = new Float32Array(outputs.length);
  let total = 0;
  let rightCount = 0;
  for (let sample = 0; sample < sampleCount; sample++) {
    const row = outputs.subarray(sample * classCount, (sample + 1) * classCount);
    const target = gradient.subarray(sample * classCount, (sample + 1) * classCount);
    const label = labels[sample] ?? 0;
    total +=
      loss.kind === "cross-entropy"
        ? crossEntropy(row, label, target)
        : meanSquare(loss, row, label, target, stepCount);
    if (largestIndex(row) === label) rightCount++;
  }
  for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) / sampleCount;
  return { loss: total / sampleCount, gradient, rightCount };
}

// ---------------------------------------------------------------------------------------------------------------------

function crossEntropy(row: Float32Array, label: number, gradient: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of row) largest = Math.max(largest, value);
  let sum = 0;
  row.forEach((value, c) => {
    const share = Math.exp(value - largest);
    gradient[c] = share;
    sum += share;
  });
  for (let c = 0; c < row.length; c++) gradient[c] = (gradient[c] ?? 0) / sum - (c === label ? 1 : 0);
  return Math.log(sum) - (assertDefined(row[label], "output of the label") - largest);
}

function meanSquare(
  loss: Extract<Loss, { kind: "mse-count" }>,
  row: Float32Array,
  label: number,
  gradient: Float32Array,
  stepCount: number,
): number {
  const [on, off] = [Math.trunc(stepCount * loss.correctRate), Math.trunc(stepCount * loss.incorrectRate)];
  let total = 0;
  row.forEach((value, c) => {
    const difference = value - (c === label ? on : off);
    total += difference * difference;
    gradient[c] = (2 * difference) / (row.length * stepCount);
  });
  return total / (row.length * stepCount);
}

function largestIndex(row: Float32Array): number {
  let best = 0;
  for (let c = 1; c < row.length; c++) if ((row[c] ?? 0) > (row[best] ?? 0)) best = c;
  return best;
}
