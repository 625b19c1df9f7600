/** First and second moments of one array of weights, and the steps taken. */
export interface Moments {
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

export function zeroMoments(length: number): Moments {
  return { mean: new Float32Array(length), square: new Float32Array(length) };
}

/**
 * One step of Adam with decoupled weight decay; writes `weights` and `moments`. Hot.
 * @param step  Counted from 1.
 * @source D. Kingma, J. Ba, 2015, algorithm 1, arXiv:1412.6980; decay: I. Loshchilov, F. Hutter, 2019, arXiv:1711.05101
 */
export function adamStep(
  weights: Float32Array,
  gradient: Float32Array,
  moments: Moments,
  options: { readonly learningRate: number; readonly weightDecay: number; readonly step: number },
): void {
  const { learningRate, weightDecay, step } = options;
  const { mean, square } = moments;
  const rate = (learningRate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
  const keep = 1 - learningRate * weightDecay;
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i] ?? 0;
    const m = 0.9 * (mean[i] ?? 0) + 0.1 * g;
    const v = 0.999 * (square[i] ?? 0) + 0.001 * g * g;
    mean[i] = m;
    square[i] = v;
    weights[i] = keep * (weights[i] ?? 0) - (rate * m) / (Math.sqrt(v) + 1e-8);
  }
}

/** Cosine from the full rate to 0, after a linear warm-up over the first `warmUp` share. `progress` runs 0…1. */
export function cosineRate(learningRate: number, progress: number, warmUp = 0.02): number {
  if (progress < warmUp) return (learningRate * progress) / warmUp;
  return 0.5 * learningRate * (1 + Math.cos(Math.PI * progress));
}
