import { setSpike } from "../../tensor/index.ts";
import type { Coding } from "../coding.ts";
import { flagField, numberField } from "../field.ts";
import { scanField, seriesOf, seriesWidth, type Scan } from "./series.ts";

/**
 * Changes between neighboring steps: ON where x(t) − x(t − 1) ≥ threshold, OFF where ≤ −threshold, on inputs of their own after
 * all ON inputs. x(−1) is 0, or x(0) with padding. snnTorch's `delta`.
 */
export interface DeltaEncoding {
  readonly kind: "delta";
  readonly threshold: number;
  readonly off: boolean;
  readonly padding: boolean;
  readonly scan: Scan;
}

export const delta: Coding<DeltaEncoding> = {
  kind: "delta",
  summary: "changes between neighboring steps, up (ON) and down (OFF)",
  fields: {
    threshold: numberField("smallest change that is a spike", { above: 0 }, 0.1),
    off: flagField("falling values fire on inputs of their own", true),
    padding: flagField("the first step has no change", false),
    scan: scanField,
  },
  inputCount: ({ off, scan }, shape) => seriesWidth(shape, scan) * (off ? 2 : 1),
  encodeSample: ({ threshold, off, padding, scan }, values, { shape, spikes, sample }) => {
    const width = seriesWidth(shape, scan);
    const signs = deltaSigns(seriesOf(values, shape, scan, spikes.stepCount), width, threshold, padding);
    signs.forEach((sign, i) => {
      const [step, feature] = [Math.floor(i / width), i % width];
      if (sign > 0) setSpike(spikes, step, sample, feature);
      if (sign < 0 && off) setSpike(spikes, step, sample, width + feature);
    });
  },
};

/** +1 where the series rises by the threshold or more, −1 where it falls so. Shape [step, value], as `series`. */
export function deltaSigns(series: Float32Array, width: number, threshold: number, padding: boolean): Int8Array {
  const least = Math.fround(threshold);
  return Int8Array.from(series, (x, i) => {
    const before = i >= width ? (series[i - width] ?? 0) : padding ? x : 0;
    const change = Math.fround(x - before);
    return change >= least ? 1 : change <= -least ? -1 : 0;
  });
}
