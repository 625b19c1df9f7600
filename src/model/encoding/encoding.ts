import type { Problem, RandomStream } from "../../base/index.ts";
import { setSpike, spikeTrain, type SpikeTrain } from "../tensor/index.ts";

/** How values 0…1 become spikes. */
export type Encoding =
  /** Bernoulli: in each step a spike with probability clip(gain · x + offset, 0, 1). */
  | { readonly kind: "rate"; readonly gain: number; readonly offset: number }
  /**
   * One spike per feature, the earlier the larger. Linear: t = (T − 1) · (1 − x) / (1 − threshold). Log:
   * t = ln(x / (x − threshold)), rescaled so that the latest is T − 1. Features at or below the threshold come in the last step,
   * or never when clipped.
   */
  | {
      readonly kind: "latency";
      readonly shape: "linear" | "log";
      readonly threshold: number;
      readonly clip: boolean;
    }
  /** The binary image x > level in the first `repeat` steps; in all of them by default. */
  | { readonly kind: "threshold"; readonly level: number; readonly repeat?: number | undefined }
  /** Direct coding: the value as a current in every step; no spikes. */
  | { readonly kind: "direct" };

/** What enters a network: spikes, or currents that are the same in every step. */
export type EncodedInput =
  | { readonly kind: "spikes"; readonly spikes: SpikeTrain }
  | { readonly kind: "direct"; readonly values: Float32Array; readonly sampleCount: number };

/**
 * Encode samples.
 *
 * @param values     Values 0…1. Shape [sample, feature].
 * @param random     Used by rate coding only: sample i draws from its own stream `sampleIds[i]`, so that its spikes do not depend
 *                   on who else is in the batch.
 * @param sampleIds  One per sample.
 */
export function encode(
  encoding: Encoding,
  values: Float32Array,
  options: {
    readonly featureCount: number;
    readonly stepCount: number;
    readonly random: RandomStream;
    readonly sampleIds: ArrayLike<number>;
  },
): EncodedInput {
  const { featureCount, stepCount, sampleIds } = options;
  const sampleCount = sampleIds.length;
  if (encoding.kind === "direct") return { kind: "direct", values, sampleCount };
  const spikes = spikeTrain({ stepCount, sampleCount, neuronCount: featureCount });
  for (let sample = 0; sample < sampleCount; sample++) {
    const row = values.subarray(sample * featureCount, (sample + 1) * featureCount);
    switch (encoding.kind) {
      case "rate":
        encodeRate(encoding, row, spikes, sample, options.random.split(sampleIds[sample] ?? 0));
        break;
      case "latency":
        encodeLatency(encoding, row, spikes, sample);
        break;
      case "threshold":
        encodeThreshold(encoding, row, spikes, sample);
        break;
      default:
        encoding satisfies never;
    }
  }
  return { kind: "spikes", spikes };
}

/** The step in which a value fires under latency coding, or undefined when it never does. */
export function latencyStep(
  encoding: Extract<Encoding, { kind: "latency" }>,
  value: number,
  stepCount: number,
): number | undefined {
  const { threshold, shape, clip } = encoding;
  const last = stepCount - 1;
  if (value <= threshold) return clip ? undefined : last;
  const linear = (1 - value) / (1 - threshold);
  const latest = Math.log((threshold + smallest) / smallest);
  const earliest = Math.log(1 / (1 - threshold));
  const log = (Math.log(value / Math.max(value - threshold, smallest)) - earliest) / (latest - earliest);
  const share = shape === "linear" ? linear : log;
  return Math.max(0, Math.min(last, Math.round(last * share)));
}

/** Everything wrong with an encoding. */
export function checkEncoding(encoding: Encoding, path: string): Problem[] {
  const problems: Problem[] = [];
  const report = (key: string, expected: string, value: number | undefined): void => {
    problems.push({ code: "encoding/range", path: `${path}.${key}`, message: `expected ${expected}, got ${value}` });
  };
  switch (encoding.kind) {
    case "rate":
      if (!(encoding.gain > 0)) report("gain", "a number above 0", encoding.gain);
      if (!Number.isFinite(encoding.offset)) report("offset", "a finite number", encoding.offset);
      break;
    case "latency":
      if (!(encoding.threshold >= 0 && encoding.threshold < 1)) report("threshold", "0…1", encoding.threshold);
      break;
    case "threshold":
      if (!(encoding.level >= 0 && encoding.level < 1)) report("level", "0…1", encoding.level);
      if (encoding.repeat !== undefined && !(Number.isInteger(encoding.repeat) && encoding.repeat >= 1)) {
        report("repeat", "a whole number ≥ 1", encoding.repeat);
      }
      break;
    case "direct":
      break;
    default:
      encoding satisfies never;
  }
  return problems;
}

// ---------------------------------------------------------------------------------------------------------------------

/** How close to the threshold the logarithm is taken. */
const smallest = 1e-7;

function encodeRate(
  { gain, offset }: Extract<Encoding, { kind: "rate" }>,
  row: Float32Array,
  spikes: SpikeTrain,
  sample: number,
  random: RandomStream,
): void {
  row.forEach((value, feature) => {
    const probability = gain * value + offset;
    if (probability <= 0) return;
    for (let step = 0; step < spikes.stepCount; step++) {
      if (random.at(feature * spikes.stepCount + step) < probability * 2 ** 32) setSpike(spikes, step, sample, feature);
    }
  });
}

function encodeLatency(
  encoding: Extract<Encoding, { kind: "latency" }>,
  row: Float32Array,
  spikes: SpikeTrain,
  sample: number,
): void {
  row.forEach((value, feature) => {
    const step = latencyStep(encoding, value, spikes.stepCount);
    if (step !== undefined) setSpike(spikes, step, sample, feature);
  });
}

function encodeThreshold(
  { level, repeat }: Extract<Encoding, { kind: "threshold" }>,
  row: Float32Array,
  spikes: SpikeTrain,
  sample: number,
): void {
  const steps = Math.min(spikes.stepCount, repeat ?? spikes.stepCount);
  row.forEach((value, feature) => {
    if (value <= level) return;
    for (let step = 0; step < steps; step++) setSpike(spikes, step, sample, feature);
  });
}
