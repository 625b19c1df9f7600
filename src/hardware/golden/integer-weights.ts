import { signedBits, UserError } from "../../base/index.ts";
import { layerColumns, recurrentQuantizerOf, recurrentWeightsOf, type Layer } from "../../model/network/index.ts";
import { fitQuantizer, quantizeValue, scaleOf, storedBits, type Quantizer } from "../../model/tensor/index.ts";

export interface IntegerWeights {
  readonly weights: Int16Array;
  /** Real value of weight 1. */
  readonly unit: number;
  readonly weightBits: number;
}

/** Most that a scale may be above the smallest one of its layer. */
const mostFactor = 2 ** 15 - 1;

/**
 * Weights of a layer in its finest unit. All of a layer are added up in one unit, so scales of channels and of recurrent weights must
 * be whole multiples of the smallest of them; a coarser channel then stores larger integers.
 * @param values  Forward weights, then recurrent ones; channels along the last axis.
 * @param bits  For a layer without a quantizer.
 * @throws `lower/channel-scales` (exit "unsupported"), `lower/too-wide`
 */
export function integerWeights(layer: Layer, values: Float32Array, bits = 8): IntegerWeights {
  const forward: Quantizer = layer.quantizer ?? fitQuantizer(values, bits);
  const own = recurrentQuantizerOf(layer) ?? forward;
  const recurrentStart = values.length - (recurrentWeightsOf(layer)?.data.length ?? 0);
  const columns = layerColumns(layer);
  const quantizerAt = (i: number): Quantizer => (i < recurrentStart ? forward : own);
  const scales = [forward, ...(recurrentStart < values.length ? [own] : [])].flatMap((quantizer) =>
    Array.from({ length: quantizer.channelScales?.length ?? 1 }, (_, channel) => scaleOf(quantizer, channel)),
  );
  const unit = scales.reduce((least, scale) => Math.min(least, scale));
  for (const scale of scales) requireMultiple(layer.name, scale, unit);
  const integers = Array.from(values, (value, i) => {
    // A grid of one bit has no 0, and what is pooled away or never was is none of its weights.
    if (value === 0) return 0;
    const [quantizer, channel] = [quantizerAt(i), i % columns];
    return quantizeValue(quantizer, value, channel) * Math.round(scaleOf(quantizer, channel) / unit);
  });
  const largest = integers.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  if (largest > mostFactor) {
    const message = `"${layer.name}": weights reach ${largest} in the unit of its finest channel, beyond 16 bits`;
    throw new UserError("lower/too-wide", message, { path: layer.name, hint: "use fewer weight bits" });
  }
  const stored = Math.max(storedBits(forward), storedBits(own));
  return {
    weights: Int16Array.from(integers),
    unit,
    weightBits: Math.max(stored, signedBits({ low: -largest, high: largest })),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function requireMultiple(layer: string, scale: number, unit: number): void {
  const ratio = scale / unit;
  if (ratio <= mostFactor && Math.abs(ratio - Math.round(ratio)) < 1e-6 * ratio) return;
  const message = `"${layer}": a scale of ${scale} is no whole multiple of ${unit}, and its sums have one unit`;
  throw new UserError("lower/channel-scales", message, {
    path: layer,
    hint: "quantize with one scale, or with scales that are shifted or powers of two",
    exit: "unsupported",
  });
}
