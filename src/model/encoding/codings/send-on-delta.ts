import { setSpike } from "../../tensor/index.ts";
import type { Coding } from "../coding.ts";
import { flagField, numberField } from "../field.ts";
import { scanField, seriesOf, seriesWidth, type Scan } from "./series.ts";

/**
 * Changes against what was last sent: the receiver's value r moves by ± threshold with every spike, so slow changes add up and a
 * jump takes several steps. ON when x − r ≥ threshold, OFF when ≤ −threshold. r starts at 0, or at the first value with padding.
 */
export interface SendOnDeltaEncoding {
  readonly kind: "sendOnDelta";
  readonly threshold: number;
  readonly off: boolean;
  readonly padding: boolean;
  readonly scan: Scan;
}

export const sendOnDelta: Coding<SendOnDeltaEncoding> = {
  kind: "sendOnDelta",
  summary: "changes against the value last sent; what the receiver adds up stays near the value",
  fields: {
    threshold: numberField("what one spike stands for", { above: 0 }, 0.1),
    off: flagField("falling values fire on inputs of their own", true),
    padding: flagField("the receiver knows the first value", false),
    scan: scanField,
  },
  inputCount: ({ off, scan }, shape) => seriesWidth(shape, scan) * (off ? 2 : 1),
  encodeSample: ({ threshold, off, padding, scan }, values, { shape, spikes, sample }) => {
    const width = seriesWidth(shape, scan);
    const series = seriesOf(values, shape, scan, spikes.stepCount);
    const sent = padding ? Float64Array.from(series.subarray(0, width)) : new Float64Array(width);
    for (let step = 0; step < spikes.stepCount; step++) {
      for (let i = 0; i < width; i++) {
        const change = (series[step * width + i] ?? 0) - (sent[i] ?? 0);
        const sign = change >= threshold ? 1 : off && change <= -threshold ? -1 : 0;
        if (sign === 0) continue;
        sent[i] = (sent[i] ?? 0) + sign * threshold;
        setSpike(spikes, step, sample, sign > 0 ? i : width + i);
      }
    }
  },
};
