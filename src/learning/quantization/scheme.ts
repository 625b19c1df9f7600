import { throwProblems } from "../../base/index.ts";
import { checkQuantizer, fitQuantizer, largestLevel, scaleOf, type Quantizer } from "../../model/tensor/index.ts";

/** How weights become integers. */
export interface QuantizationScheme {
  /** 1 (sign), 2 (ternary when symmetric), 3…16. */
  readonly bits: number;
  /** Asymmetric grids have a zero point and reach as far as the values do on each side. */
  readonly symmetry: "symmetric" | "asymmetric";
  /** One scale for a layer, or one for each neuron or output channel. */
  readonly per: "tensor" | "channel";
  /**
   * Any scales; powers of two only: a product with one is a shift; or one of any size, from which those of channels are up to four
   * bits away, so that integers have a unit in common.
   */
  readonly scale: "free" | "powerOfTwo" | "shifted";
  /**
   * What the grid spans: the values' extremes, the clipping range with the least squared error, or mean ± 3 standard deviations.
   * Asymmetric grids span extremes.
   */
  readonly range: "extremes" | "leastError" | "threeSigma";
}

/** Everything about a grid but its bits. */
export type GridKind = Omit<QuantizationScheme, "bits">;

export const defaultScheme: QuantizationScheme = {
  bits: 8,
  symmetry: "symmetric",
  per: "tensor",
  scale: "free",
  range: "leastError",
};

/**
 * The quantizer of a scheme for these weights.
 * @param weights  Channels along the last axis.
 * @throws `quantizer/bits`
 */
export function fitScheme(weights: Float32Array, channelCount: number, scheme: QuantizationScheme): Quantizer {
  throwProblems(checkQuantizer({ bits: scheme.bits, scale: 1 }, "quantizer"));
  const whole = fitTensor(weights, scheme);
  if (scheme.per === "tensor") return whole;
  const channelScales = Float32Array.from({ length: channelCount }, (_, channel) => {
    const own = weights.filter((_w, i) => i % channelCount === channel);
    if (own.every((w) => w === 0)) return whole.scale;
    // All channels share the zero point of the whole, so that one integer means 0 everywhere.
    const scale = whole.zeroPoint === undefined ? fitTensor(own, scheme).scale : asymmetricScale(own, whole);
    return scheme.scale === "powerOfTwo" ? nearestPowerOfTwo(scale) : scale;
  });
  // Beyond the ends of a grid with a zero point there is nothing: its channels keep a scale that reaches as far.
  const isCovering = whole.zeroPoint !== undefined;
  const scales =
    scheme.scale === "shifted" ? channelScales.map((s) => shiftedScale(s, whole.scale, isCovering)) : channelScales;
  return { ...whole, scale: scales.reduce((a, b) => Math.max(a, b), 0), channelScales: scales };
}

/** A quantizer whose scales are those of `other`, shifted: sums over both then have a unit in common. Of the same channels. */
export function alignQuantizer(quantizer: Quantizer, other: Quantizer): Quantizer {
  const shift = (channel: number): number =>
    shiftedScale(scaleOf(quantizer, channel), scaleOf(other, channel), quantizer.zeroPoint !== undefined);
  const { channelScales } = quantizer;
  if (channelScales === undefined && other.channelScales === undefined) return { ...quantizer, scale: shift(0) };
  const channelCount = (channelScales ?? other.channelScales ?? []).length;
  const scales = Float32Array.from({ length: channelCount }, (_, channel) => shift(channel));
  return { ...quantizer, scale: scales.reduce((a, b) => Math.max(a, b), 0), channelScales: scales };
}

/** The power of two nearest to a scale, by ratio. */
export function nearestPowerOfTwo(scale: number): number {
  return 2 ** Math.round(Math.log2(scale));
}

// ---------------------------------------------------------------------------------------------------------------------

function fitTensor(values: Float32Array, scheme: QuantizationScheme): Quantizer {
  const { bits, symmetry } = scheme;
  const fitted = symmetry === "asymmetric" && bits > 1 ? fitAsymmetric(values, bits) : fitSymmetric(values, scheme);
  if (scheme.scale === "powerOfTwo") return { ...fitted, scale: nearestPowerOfTwo(fitted.scale) };
  return { ...fitted, scale: Math.fround(fitted.scale) };
}

function fitSymmetric(values: Float32Array, { bits, range }: QuantizationScheme): Quantizer {
  if (range === "leastError" || bits === 1) return fitQuantizer(values, bits);
  const span = range === "extremes" ? values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) : threeSigma(values);
  return { bits, scale: span === 0 ? 1 : span / largestLevel(bits) };
}

/** Most bits between the scales of a layer. */
const mostShift = 4;

/** `from` times the power of two that is nearest to `scale`, or not below it; exact in 32 bits. */
function shiftedScale(scale: number, from: number, isCovering: boolean): number {
  const exact = Math.log2(scale / from);
  // A hair of rounding is no reason to double a scale.
  const by = isCovering ? Math.ceil(exact - 1e-6) : Math.round(exact);
  return Math.fround(from) * 2 ** Math.max(-mostShift, Math.min(mostShift, by));
}

/** max |mean ± 3 · deviation|. */
export function threeSigma(values: Float32Array): number {
  const count = Math.max(1, values.length);
  const mean = values.reduce((sum, v) => sum + v, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count);
  return Math.max(Math.abs(mean + 3 * deviation), Math.abs(mean - 3 * deviation));
}

function fitAsymmetric(values: Float32Array, bits: number): Quantizer {
  const [low, high] = extremes(values);
  if (low === high) return { bits, scale: 1, zeroPoint: 0 };
  const scale = (high - low) / (2 ** bits - 1);
  // The stored integer of `low` is the smallest one.
  const zeroPoint = Math.round(-(2 ** (bits - 1)) - low / scale);
  return { bits, scale, zeroPoint };
}

/** The smallest scale with which a channel fits around the zero point of the whole. */
function asymmetricScale(own: Float32Array, { bits, scale, zeroPoint = 0 }: Quantizer): number {
  const [low, high] = extremes(own);
  const [below, above] = [-(2 ** (bits - 1)) - zeroPoint, 2 ** (bits - 1) - 1 - zeroPoint];
  const needed = Math.max(below < 0 ? low / below : 0, above > 0 ? high / above : 0);
  return needed > 0 ? needed : scale;
}

/** Smallest and largest value, 0 included. */
function extremes(values: Float32Array): readonly [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 0)];
}
