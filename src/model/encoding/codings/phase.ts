import { setSpike } from "../../tensor/index.ts";
import type { Coding } from "../coding.ts";
import { countField } from "../field.ts";

/**
 * Weighted phase: step t shows binary digit t mod `period` of the value, the most significant first, so that Σ s(t) · 2^−(1 + t)
 * over a period is the value. Values are limited to 1 − 2^−period. SpikingJelly's `WeightedPhaseEncoder`.
 */
export interface PhaseEncoding {
  readonly kind: "phase";
  readonly period: number;
}

export const phase: Coding<PhaseEncoding> = {
  kind: "phase",
  summary: "the binary digits of the value, most significant first, again and again",
  fields: { period: countField("binary digits, one per step", 1, 8) },
  encodeSample: ({ period }, values, { spikes, sample }) => {
    values.forEach((value, feature) => {
      const digits = phaseDigits(value, period);
      for (let step = 0; step < spikes.stepCount; step++) {
        if (digits[step % period] === true) setSpike(spikes, step, sample, feature);
      }
    });
  },
};

/** Binary digits of a value 0…1, most significant first. */
export function phaseDigits(value: number, period: number): boolean[] {
  let rest = Math.min(value, 1 - 2 ** -period);
  return Array.from({ length: period }, (_, k) => {
    const weight = 2 ** -(k + 1);
    const isSet = rest >= weight;
    if (isSet) rest -= weight;
    return isSet;
  });
}

/** What a spike in step t is worth under phase coding. */
export function phaseWeight(step: number, period: number): number {
  return 2 ** -(1 + (step % period));
}
