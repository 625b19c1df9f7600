import { setSpike } from "../../tensor/index.ts";
import type { Coding } from "../coding.ts";
import { countField } from "../field.ts";

/**
 * A burst whose length and pace are the value: ⌈most · x⌉ spikes, ⌈slowest − (slowest − fastest) · x⌉ steps apart (`slowest` for a
 * single one), from the first step; what lies behind the last step is lost.
 * @source W. Guo et al., 2021, eq. 8–9, doi:10.3389/fnins.2021.638474
 */
export interface BurstEncoding {
  readonly kind: "burst";
  readonly most: number;
  readonly fastest: number;
  readonly slowest: number;
}

export const burst: Coding<BurstEncoding> = {
  kind: "burst",
  summary: "a burst of spikes, the more and the denser the larger the value",
  fields: {
    most: countField("spikes of the value 1", 1, 5),
    fastest: countField("steps between the spikes of the value 1", 1, 1),
    slowest: countField("steps between the spikes of small values", 1, 4),
  },
  encodeSample: (encoding, values, { spikes, sample }) => {
    values.forEach((value, feature) => {
      const { count, distance } = burstOf(encoding, value);
      for (let k = 0; k < count && k * distance < spikes.stepCount; k++) {
        setSpike(spikes, k * distance, sample, feature);
      }
    });
  },
};

/** Spikes of a value and the steps between them. */
export function burstOf(
  { most, fastest, slowest }: Pick<BurstEncoding, "most" | "fastest" | "slowest">,
  value: number,
): { readonly count: number; readonly distance: number } {
  const count = Math.ceil(most * value);
  return { count, distance: count > 1 ? Math.ceil(slowest - (slowest - fastest) * value) : slowest };
}
