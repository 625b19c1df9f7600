// What rounding does to values on average: a bias adds up over thousands of synapses and steps, where single errors cancel.

import { levelRange, scaleOf, type Quantizer } from "../../model/tensor/index.ts";

export type RoundingRule = "away" | "even" | "up" | "floor";

/** To the nearest whole number with ties away from 0, to the even one, or up; or always down, as a shift does. */
export const roundingRules: Readonly<Record<RoundingRule, (value: number) => number>> = {
  away: (value) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5),
  even: (value) => {
    const down = Math.floor(value);
    const rest = value - down;
    if (rest !== 0.5) return Math.round(value);
    return down % 2 === 0 ? down : down + 1;
  },
  up: (value) => Math.floor(value + 0.5),
  floor: Math.floor,
};

/** What rounding does to values, in units of the mean magnitude of the non-zero ones. */
export interface RoundingError {
  /** Mean of (rounded − value): 0 when nothing is pulled to one side. */
  readonly bias: number;
  readonly rootMeanSquare: number;
}

/** The error of each rule on the grid of a quantizer with more than one bit; `away` is what weights get. */
export function roundingErrors(
  quantizer: Quantizer,
  values: Float32Array,
  channelCount: number,
): Readonly<Record<RoundingRule, RoundingError>> {
  const magnitude = values.reduce((sum, v) => sum + Math.abs(v), 0) / Math.max(1, values.filter((v) => v !== 0).length);
  const unit = magnitude === 0 ? 1 : magnitude;
  const count = Math.max(1, values.length);
  const { low, high } = levelRange(quantizer);
  return mapRules((round) => {
    let [sum, squares] = [0, 0];
    values.forEach((value, i) => {
      const scale = scaleOf(quantizer, i % channelCount);
      const error = Math.max(low, Math.min(high, round(value / scale))) * scale - value;
      sum += error;
      squares += error * error;
    });
    return { bias: sum / count / unit, rootMeanSquare: Math.sqrt(squares / count) / unit };
  });
}

/**
 * Mean error of dropping so many fraction bits, in units of the last bit that is kept, over whole numbers on both sides of 0 alike:
 * what a potential gains or loses at every multiplication with its decay.
 */
export function shiftBiases(bits: number): Readonly<Record<RoundingRule, number>> {
  const span = 2 ** (bits + 1);
  return mapRules((round) => {
    let sum = 0;
    for (let value = -span; value <= span; value++) {
      // Both ends stand for one residue.
      const share = Math.abs(value) === span ? 0.5 : 1;
      sum += share * (round(value / 2 ** bits) - value / 2 ** bits);
    }
    return sum / (2 * span);
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function mapRules<Found>(map: (round: (value: number) => number) => Found): Readonly<Record<RoundingRule, Found>> {
  const { away, even, up, floor } = roundingRules;
  return { away: map(away), even: map(even), up: map(up), floor: map(floor) };
}
