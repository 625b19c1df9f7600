import { setSpike } from "../../tensor/index.ts";
import type { Coding } from "../coding.ts";
import { countField, numberField, optionalField } from "../field.ts";

/** The binary image x > level in the first `repeat` steps; in all of them by default. */
export interface ThresholdEncoding {
  readonly kind: "threshold";
  readonly level: number;
  readonly repeat?: number | undefined;
}

export const threshold: Coding<ThresholdEncoding> = {
  kind: "threshold",
  summary: "the binary image, shown in the first steps or in all",
  fields: {
    level: numberField("a value above it is a spike", { from: 0, below: 1 }, 0.5),
    repeat: optionalField(countField("steps in which the image is shown, from the first; all by default", 1, 1)),
  },
  encodeSample: ({ level, repeat }, values, { spikes, sample }) => {
    const steps = Math.min(spikes.stepCount, repeat ?? spikes.stepCount);
    values.forEach((value, feature) => {
      if (value <= level) return;
      for (let step = 0; step < steps; step++) setSpike(spikes, step, sample, feature);
    });
  },
};
