import { elementCount, setSpike } from "../../tensor/index.ts";
import type { Coding } from "../coding.ts";
import { choiceField, countField, numberField } from "../field.ts";

/**
 * Gaussian receptive fields: neuron k of a feature is driven by a = exp(−½((x − μₖ)/σ)²), μₖ evenly from `low` to `high`, σ =
 * `width` · their distance. `integrate` feeds a into an integrate-and-fire neuron (fires at 0.999, reset by subtraction) in every
 * step; `bernoulli` fires with probability a. Input = feature · neurons + k.
 */
export interface PopulationEncoding {
  readonly kind: "population";
  readonly neurons: number;
  readonly low: number;
  readonly high: number;
  readonly width: number;
  readonly form: "integrate" | "bernoulli";
}

/** Potential at which a neuron of a population fires. */
const fireAt = Math.fround(0.999);

export const population: Coding<PopulationEncoding> = {
  kind: "population",
  summary: "each feature by several neurons with Gaussian receptive fields",
  fields: {
    neurons: countField("neurons per feature", 2, 4),
    low: numberField("center of the first neuron", {}, 0),
    high: numberField("center of the last neuron", {}, 1),
    width: numberField("standard deviation, in distances between centers", { above: 0 }, 0.6),
    form: choiceField("how a drive becomes spikes", ["integrate", "bernoulli"], "integrate"),
  },
  inputCount: ({ neurons }, shape) => elementCount(shape) * neurons,
  encodeSample: ({ neurons, low, high, width, form }, values, { spikes, sample, random }) => {
    const { stepCount } = spikes;
    const distance = (high - low) / (neurons - 1);
    values.forEach((value, feature) => {
      for (let k = 0; k < neurons; k++) {
        const drive = gaussianDrive(value, low + k * distance, width * distance);
        const input = feature * neurons + k;
        const steps =
          form === "integrate"
            ? integrateSteps(drive, stepCount)
            : chosenSteps(stepCount, (step) => random.at(input * stepCount + step) / 2 ** 32 < drive);
        for (const step of steps) setSpike(spikes, step, sample, input);
      }
    });
  },
};

/** exp(−½((value − mean)/deviation)²), in 32 bits. */
export function gaussianDrive(value: number, mean: number, deviation: number): number {
  const { fround } = Math;
  const z = fround(fround(value - fround(mean)) / fround(deviation));
  return fround(Math.exp(fround(-0.5 * fround(z * z))));
}

/** Steps in which an integrate-and-fire neuron fires under a constant drive. */
export function integrateSteps(drive: number, stepCount: number): number[] {
  let v = 0;
  return chosenSteps(stepCount, () => {
    v = Math.fround(v + drive);
    const fires = v >= fireAt;
    if (fires) v = Math.fround(v - fireAt);
    return fires;
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function chosenSteps(stepCount: number, isChosen: (step: number) => boolean): number[] {
  return Array.from({ length: stepCount }, (_, step) => step).filter((step) => isChosen(step));
}
