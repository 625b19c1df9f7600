// A symmetric quantizer whose range learns, with a gradient that knows on which side of its level a value lies.
// Quantizer and gradient: C. Schaefer et al., "The hardware impact of quantization and pruning for weights in SNNs", 2023,
// arXiv:2302.04174; element-wise gradient scaling: J. Lee et al., 2021, doi:10.1109/CVPR46437.2021.00638

import { largestLevel, quantizeValue } from "../../model/tensor/index.ts";
import { threeSigma } from "./scheme.ts";

/** q = round(clip(w / input, −1, 1) · n) / n · output with n = 2^(bits − 1) − 1. */
export interface LearnedRange {
  readonly bits: number;
  /** The range that is seen: beyond it weights are clipped. */
  readonly input: number;
  /** The value of the largest level. */
  readonly output: number;
}

export interface RangeGradient {
  /** dLoss/dWeight. The shape of the weights. */
  readonly weights: Float32Array;
  readonly input: number;
  readonly output: number;
}

/** How much a gradient grows that pulls a value towards the boundary to the next level. */
export const gradientScaling = 5e-3;

/** Where learning begins: both ranges at |mean ± 3 standard deviations| of the weights. */
export function initialRange(weights: Float32Array, bits: number): LearnedRange {
  const span = threeSigma(weights) || 1;
  return { bits, input: span, output: span };
}

/** Quantized weights. */
export function quantizeInRange({ bits, input, output }: LearnedRange, weights: Float32Array): Float32Array {
  const levels = largestLevel(bits);
  const quantizer = { bits, scale: input / levels };
  return weights.map((w) => (quantizeValue(quantizer, w) / levels) * output);
}

/**
 * From dLoss/dQuantized to the weights and both ranges.
 * @param gradient  The shape of the weights.
 */
export function rangeGradient(
  { bits, input, output }: LearnedRange,
  weights: Float32Array,
  gradient: Float32Array,
  scaling: number = gradientScaling,
): RangeGradient {
  const levels = largestLevel(bits);
  const quantizer = { bits, scale: input / levels };
  const found = { weights: new Float32Array(weights.length), input: 0, output: 0 };
  weights.forEach((w, i) => {
    const g = gradient[i] ?? 0;
    const level = quantizeValue(quantizer, w);
    found.output += (g * level) / levels;
    if (Math.abs(w) > input) return;
    const position = (w / input) * levels;
    // By dRounded/dPosition = 1 + scaling · sign · (position − rounded).
    const pulled = ((g * output) / levels) * (1 + scaling * Math.sign(g * output) * (position - level));
    found.weights[i] = (pulled * levels) / input;
    found.input -= (pulled * levels * w) / (input * input);
  });
  return found;
}

/**
 * One step of a range that is seen and shown alike (input = output): against its gradient, scaled by the number of weights and
 * levels so that it moves as fast as they do; never below a hundredth of itself.
 * @source S. Esser et al., "Learned step size quantization", 2020, section 2.2, arXiv:1902.08153
 */
export function stepRange(
  range: LearnedRange,
  gradient: RangeGradient,
  weightCount: number,
  rate: number,
): LearnedRange {
  const slope = (gradient.input + gradient.output) / Math.sqrt(weightCount * largestLevel(range.bits));
  const span = Math.max(range.input * 0.01, range.input - rate * slope);
  return { bits: range.bits, input: span, output: span };
}
