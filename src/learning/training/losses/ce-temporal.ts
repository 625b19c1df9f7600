import { crossEntropyOfRows } from "./softmax.ts";
import { labelSmoothingOption, type LossDefinition } from "./record.ts";
import { gradientOfTimes, spikeTimes } from "./spike-times.ts";

export interface CeTemporal {
  readonly kind: "ce-temporal";
  /** Scores from first-spike times t: −t, or 1 / (t + 1). */
  readonly inverse?: "negate" | "reciprocal" | undefined;
  readonly labelSmoothing?: number | undefined;
}

/**
 * Cross-entropy of the softmax over inverted first-spike times: the right class should fire first.
 * @source snntorch.functional.ce_temporal_loss
 */
export const ceTemporal: LossDefinition<CeTemporal> = {
  summary: "cross-entropy over first-spike times: the right class should fire first",
  accepts: ["spikes"],
  needsLabels: true,
  options: { labelSmoothing: labelSmoothingOption },
  evaluate({ inverse = "negate", labelSmoothing = 0 }, record, labels) {
    const times = spikeTimes(record, 1);
    const scores = Float64Array.from(times, (t) => (inverse === "negate" ? -t : 1 / (t + 1)));
    const { loss, gradient } = crossEntropyOfRows(scores, labels, record.classCount, labelSmoothing);
    const byTime = gradient.map((g, i) => {
      const t = times[i] ?? 0;
      return inverse === "negate" ? -g : -g / (t + 1) ** 2;
    });
    return { loss, gradient: gradientOfTimes(record, times, byTime) };
  },
};
