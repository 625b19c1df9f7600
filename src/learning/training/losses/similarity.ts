// Samples of one class should answer alike, samples of different classes differently: a matrix of similarities between all
// pairs of samples of the batch is pulled to 1 for equal labels and to 0 for different ones. A similarity depends on two
// records x and y only through x·y, x·x and y·y, so its derivative by x is a · y + b · x with two numbers a and b.

import type { LossDefinition, OutputRecord } from "./record.ts";

/** How alike two samples are, from all their outputs x and y as one long vector each. */
export type SimilarityKernel =
  /** Cosine x·y / |x||y|; 0 for a silent sample. */
  | { readonly kind: "linear" }
  /** (x·y)^degree; leaves 0…1, so not with distance "bce". */
  | { readonly kind: "polynomial"; readonly degree: number }
  /** 1 / (1 + exp(−slope · x·y)). */
  | { readonly kind: "sigmoid"; readonly slope: number }
  /** exp(−|x − y|² / 2 width²). */
  | { readonly kind: "gaussian"; readonly width: number };

export interface Similarity {
  readonly kind: "similarity";
  readonly kernel?: SimilarityKernel | undefined;
  /** Squared, absolute, or binary cross-entropy. */
  readonly distance?: "mse" | "l1" | "bce" | undefined;
}

/**
 * Distance of the similarities of all pairs of samples to 1 (same class) or 0, mean over the pairs.
 * @source SpikingJelly `functional.spike_similar_loss`. A silent sample has no gradient under the linear kernel; there it has
 *         one of the order of 1e8.
 */
export const similarity: LossDefinition<Similarity> = {
  summary: "samples of one class should answer alike, others differently",
  accepts: ["spikes", "potential"],
  needsLabels: true,
  options: {},
  problems({ kernel = { kind: "linear" }, distance = "mse" }, path) {
    if (kernel.kind !== "polynomial" || distance !== "bce") return [];
    const message = `distance "bce" needs similarities from 0 to 1, which the polynomial kernel leaves`;
    return [{ code: "training/loss-option", path: `${path}.kernel`, message, hint: `use distance "mse"` }];
  },
  evaluate({ kernel = { kind: "linear" }, distance = "mse" }, record, labels) {
    const { sampleCount } = record;
    const products = innerProducts(record);
    const product = (a: number, b: number): number => products[a * sampleCount + b] ?? 0;
    /** How much of sample `other` the gradient of a sample holds. Shape [sample, other]. */
    const mixing = new Float64Array(sampleCount * sampleCount);
    let loss = 0;
    for (let a = 0; a < sampleCount; a++) {
      for (let b = 0; b < sampleCount; b++) {
        const pair = compare(kernel, product(a, b), product(a, a), product(b, b));
        const cost = distanceTo(distance, pair.similarity, labels[a] === labels[b] ? 1 : 0);
        loss += cost.value / sampleCount ** 2;
        const slope = (2 * cost.slope) / sampleCount ** 2;
        mixing[a * sampleCount + b] = (mixing[a * sampleCount + b] ?? 0) + slope * pair.byOther;
        mixing[a * sampleCount + a] = (mixing[a * sampleCount + a] ?? 0) + slope * pair.byItself;
      }
    }
    return { loss, gradient: mixSamples(record, mixing) };
  },
};

// ---------------------------------------------------------------------------------------------------------------------

/** A similarity and its derivative by x, as `byOther` · y + `byItself` · x. */
interface Comparison {
  readonly similarity: number;
  readonly byOther: number;
  readonly byItself: number;
}

function compare(kernel: SimilarityKernel, xy: number, xx: number, yy: number): Comparison {
  switch (kernel.kind) {
    case "linear": {
      if (xx === 0 || yy === 0) return { similarity: 0, byOther: 0, byItself: 0 };
      const lengths = Math.sqrt(xx * yy);
      return { similarity: xy / lengths, byOther: 1 / lengths, byItself: -xy / (lengths * xx) };
    }
    case "polynomial":
      return { similarity: xy ** kernel.degree, byOther: kernel.degree * xy ** (kernel.degree - 1), byItself: 0 };
    case "sigmoid": {
      const similarity = 1 / (1 + Math.exp(-kernel.slope * xy));
      return { similarity, byOther: kernel.slope * similarity * (1 - similarity), byItself: 0 };
    }
    case "gaussian": {
      const square = kernel.width ** 2;
      const similarity = Math.exp((2 * xy - xx - yy) / (2 * square));
      return { similarity, byOther: similarity / square, byItself: -similarity / square };
    }
    default:
      return kernel satisfies never;
  }
}

/** Logarithms are kept above −100 and denominators above 1e-12, as PyTorch's binary_cross_entropy does. */
function distanceTo(
  distance: "mse" | "l1" | "bce",
  similarity: number,
  wanted: 0 | 1,
): { readonly value: number; readonly slope: number } {
  const difference = similarity - wanted;
  switch (distance) {
    case "mse":
      return { value: difference * difference, slope: 2 * difference };
    case "l1":
      return { value: Math.abs(difference), slope: Math.sign(difference) };
    case "bce": {
      const right = Math.min(1, Math.max(0, wanted === 1 ? similarity : 1 - similarity));
      const value = -Math.max(-100, Math.log(right));
      return { value, slope: difference / Math.max(1e-12, similarity * (1 - similarity)) };
    }
    default:
      return distance satisfies never;
  }
}

/** x·y of all pairs of samples. Shape [sample, sample]. */
function innerProducts({ values, stepCount, sampleCount, classCount }: OutputRecord): Float64Array {
  const products = new Float64Array(sampleCount * sampleCount);
  const width = sampleCount * classCount;
  for (let a = 0; a < sampleCount; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let step = 0; step < stepCount; step++) {
        const [x, y] = [step * width + a * classCount, step * width + b * classCount];
        for (let c = 0; c < classCount; c++) sum += (values[x + c] ?? 0) * (values[y + c] ?? 0);
      }
      products[a * sampleCount + b] = sum;
      products[b * sampleCount + a] = sum;
    }
  }
  return products;
}

/** Gradient of a sample: the other samples' records, weighted. */
function mixSamples(record: OutputRecord, mixing: Float64Array): Float32Array {
  const { values, sampleCount, classCount } = record;
  const width = sampleCount * classCount;
  return values.map((_, i) => {
    const start = Math.floor(i / width) * width + (i % classCount);
    const row = Math.floor((i % width) / classCount) * sampleCount;
    let sum = 0;
    for (let b = 0; b < sampleCount; b++) sum += (mixing[row + b] ?? 0) * (values[start + b * classCount] ?? 0);
    return sum;
  });
}
