// One spike per feature, the earlier the larger. Every operation is rounded to 32 bits in the order of the frameworks, because a
// spike half a step away moves by a whole one.

import { setSpike } from "../../tensor/index.ts";
import { roundHalfEven, type Coding } from "../coding.ts";
import { choiceField, countField, flagField, numberField, type Complete } from "../field.ts";

/**
 * Time to first spike, t in steps, rounded half to even; later than the last step is never. θ is the threshold, T the steps from
 * the first, last = T − 1.
 *
 * | shape | "none" | "latest" (snnTorch `normalize`) | "range" |
 * |---|---|---|---|
 * | linear | min(τ(1 − x), τ(1 − θ)) | the same with τ = last | last · (1 − x)/(1 − θ) |
 * | log, d = max(x, θ + 1e-7) | τ · ln(d/(d − θ)) | that · last / (latest of the sample) | 1 → first step, θ → last |
 * | logRange (SpikingJelly `log`) | last − ln(αx + 1), α = e^last − 1 | the same | the same |
 *
 * SpikingJelly's `linear` is shape linear, "latest", θ = 0, not clipped.
 */
export interface LatencyEncoding {
  readonly kind: "latency";
  readonly shape: "linear" | "log" | "logRange";
  readonly threshold: number;
  /** Features below the threshold never fire; otherwise they fire as late as the formula says. */
  readonly clip: boolean;
  readonly normalize?: "range" | "latest" | "none";
  readonly tau?: number;
  readonly firstStep?: number;
}

export const latency: Coding<LatencyEncoding> = {
  kind: "latency",
  summary: "one spike per feature, the earlier the larger (time to first spike)",
  fields: {
    shape: choiceField("how time follows from the value", ["linear", "log", "logRange"], "linear"),
    threshold: numberField("smallest value that counts", { from: 0, below: 1 }, 0.1),
    clip: flagField("features below the threshold never fire", true),
    normalize: choiceField("which times fill the steps", ["range", "latest", "none"], "range"),
    tau: numberField("time scale in steps, where nothing is normalized", { above: 0 }, 1),
    firstStep: countField("the earliest step", 0, 0),
  },
  encodeSample: (encoding, values, { spikes, sample }) => {
    const threshold = fround(encoding.threshold);
    const times = latencyTimes(encoding, values, spikes.stepCount);
    // Loops instead of callbacks: encoding is most of the time of a short epoch.
    for (let feature = 0; feature < times.length; feature++) {
      if (encoding.clip && (values[feature] ?? 0) < threshold) continue;
      const step = roundHalfEven(times[feature] ?? 0);
      if (step < spikes.stepCount) setSpike(spikes, Math.max(0, step), sample, feature);
    }
  },
};

/** When each feature fires, in steps, before rounding. Shape [feature]. */
export function latencyTimes(
  encoding: Complete<LatencyEncoding>,
  values: Float32Array,
  stepCount: number,
): Float32Array {
  const last = stepCount - 1 - encoding.firstStep;
  const times = rawTimes[encoding.shape](encoding, values, last);
  for (let i = 0; i < times.length; i++) times[i] = (times[i] ?? 0) + encoding.firstStep;
  return times;
}

/** The target that rises evenly from 0 to 1 until the spike, and is 0 afterwards. Shape [step, feature]. */
export function latencyRamp(times: Float32Array, stepCount: number): Float32Array {
  const ramp = new Float32Array(stepCount * times.length);
  times.forEach((time, feature) => {
    const spike = Math.min(stepCount - 1, roundHalfEven(time));
    for (let step = 0; step < spike; step++) ramp[step * times.length + feature] = Math.min(1, step / time);
    ramp[spike * times.length + feature] = 1;
  });
  return ramp;
}

// ---------------------------------------------------------------------------------------------------------------------

type Times = (encoding: Complete<LatencyEncoding>, values: Float32Array, last: number) => Float32Array;

const { fround } = Math;

/** How close to the threshold the logarithm is taken. */
const smallest = 1e-7;

const rawTimes: Readonly<Record<LatencyEncoding["shape"], Times>> = {
  linear: ({ threshold, normalize, tau }, values, last) => {
    if (normalize === "range") {
      const times = new Float32Array(values.length);
      for (let i = 0; i < times.length; i++) {
        times[i] = clamp((last * (1 - (values[i] ?? 0))) / (1 - threshold), last);
      }
      return times;
    }
    const scale = fround(normalize === "latest" ? last : tau);
    const latest = fround(-scale * fround(fround(threshold) - 1));
    return values.map((x) => Math.min(fround(-scale * fround(x - 1)), latest));
  },
  log: ({ threshold, normalize, tau }, values, last) => {
    const low = fround(threshold);
    const timeOf = (x: number): number => {
      const d = Math.max(x, fround(threshold + smallest));
      return fround(fround(tau) * fround(Math.log(fround(d / fround(d - low)))));
    };
    const times = values.map(timeOf);
    if (normalize === "none") return times;
    if (normalize === "latest") {
      const latest = times.reduce((a, b) => Math.max(a, b), 0);
      return latest === 0 ? times : times.map((t) => fround(fround(t * last) / latest));
    }
    const [early, late] = [timeOf(1), timeOf(0)];
    return times.map((t) => clamp((last * (t - early)) / (late - early), last));
  },
  logRange: (_, values, last) => {
    const alpha = fround(Math.exp(last) - 1);
    return values.map((x) => fround(last - fround(Math.log(fround(fround(alpha * x) + 1)))));
  },
};

function clamp(time: number, last: number): number {
  return Math.min(last, Math.max(0, time));
}
