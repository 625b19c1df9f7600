import { assertDefined } from "../../base/index.ts";
import { recurrentWeightsOf, type Layer, type Network } from "../../model/network/index.ts";
import { onGrid, popCount, squaredError, type Quantizer, type SpikeTrain } from "../../model/tensor/index.ts";
import { fitScheme, type QuantizationScheme } from "./scheme.ts";

/** Runs a network on the samples that say what it does: the same ones every time. */
export type Calibration = (network: Network) => Promise<CalibrationRun>;

export interface CalibrationRun {
  readonly accuracy: number;
  /** What the readout says. Shape [sample, class]. */
  readonly outputs: Float32Array;
  /** Spikes of every layer. Shape [step, sample, neuron]. */
  readonly layers: readonly SpikeTrain[];
}

/**
 * Weights moved to the grid of a scheme, layer by layer; a layer without a scheme stays as it is.
 * @throws `quantizer/bits`
 */
export function quantizeNetwork(
  network: Network,
  schemeOf: (layer: number) => QuantizationScheme | undefined,
): Network {
  const layers = network.layers.map((layer, l) => {
    const scheme = schemeOf(l);
    return scheme === undefined ? layer : withQuantizer(layer, fitScheme(allWeights(layer), channelsOf(layer), scheme));
  });
  return { ...network, layers };
}

/** What calibration chose for a layer. */
export interface CalibratedLayer {
  readonly layer: string;
  /** Share of the spikes of calibration samples that differ from the float network's, of all neurons and steps. */
  readonly before: number;
  readonly after: number;
  /** The chosen scale over the scheme's own. */
  readonly factor: number;
}

/** Factors that calibration tries on the scale of a scheme. */
const factors: readonly number[] = [1, 0.7, 0.8, 0.9, 1.1, 1.2, 1.4];

/**
 * Quantize layer after layer, each with the scale whose spikes on the calibration samples are nearest to the float network's, the
 * layers before it being quantized already.
 */
export async function calibrateNetwork(
  network: Network,
  scheme: QuantizationScheme,
  calibration: Calibration,
): Promise<{ readonly network: Network; readonly layers: readonly CalibratedLayer[] }> {
  const wanted = (await calibration(network)).layers;
  const allowed = scheme.scale === "powerOfTwo" ? [1, 0.5, 2] : factors;
  let quantized = network;
  const report: CalibratedLayer[] = [];
  for (const [l, layer] of network.layers.entries()) {
    const fitted = fitScheme(allWeights(layer), channelsOf(layer), scheme);
    const tried: { readonly factor: number; readonly network: Network; readonly mismatch: number }[] = [];
    for (const factor of allowed) {
      const layers = quantized.layers.map((own, k) => (k === l ? withQuantizer(layer, scaled(fitted, factor)) : own));
      const candidate = { ...quantized, layers };
      const spikes = (await calibration(candidate)).layers;
      tried.push({ factor, network: candidate, mismatch: mismatchOf(spikes[l], wanted[l]) });
    }
    const first = assertDefined(tried[0], "candidate");
    const best = tried.reduce((a, b) => (b.mismatch < a.mismatch ? b : a), first);
    quantized = best.network;
    report.push({ layer: layer.name, before: first.mismatch, after: best.mismatch, factor: best.factor });
  }
  return { network: quantized, layers: report };
}

/** Weights of a layer that share a quantizer. */
export function allWeights(layer: Layer): Float32Array {
  const recurrent = recurrentWeightsOf(layer)?.data ?? new Float32Array(0);
  const all = new Float32Array(layer.weights.data.length + recurrent.length);
  all.set(layer.weights.data);
  all.set(recurrent, layer.weights.data.length);
  return all;
}

/** Neurons, or output channels. */
export function channelsOf(layer: Layer): number {
  return layer.weights.shape.at(-1) ?? 1;
}

/** Squared error of a layer's weights over their squared size: 0 is exact. */
export function relativeError(layer: Layer, quantizer: Quantizer): number {
  const weights = allWeights(layer);
  const size = weights.reduce((sum, w) => sum + w * w, 0);
  return size === 0 ? 0 : squaredError(quantizer, weights) / size;
}

// ---------------------------------------------------------------------------------------------------------------------

function withQuantizer(layer: Layer, quantizer: Quantizer): Layer {
  const channels = channelsOf(layer);
  const weights = { ...layer.weights, data: onGrid(quantizer, layer.weights.data, channels) };
  const recurrent = recurrentWeightsOf(layer);
  if (layer.kind === "conv" || recurrent === undefined) return { ...layer, weights, quantizer };
  return {
    ...layer,
    weights,
    quantizer,
    recurrentQuantizer: quantizer,
    recurrentWeights: { ...recurrent, data: onGrid(quantizer, recurrent.data, channels) },
  };
}

function scaled(quantizer: Quantizer, factor: number): Quantizer {
  const { scale, channelScales } = quantizer;
  return {
    ...quantizer,
    scale: Math.fround(scale * factor),
    ...(channelScales === undefined ? {} : { channelScales: channelScales.map((s) => s * factor) }),
  };
}

function mismatchOf(a: SpikeTrain | undefined, b: SpikeTrain | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const cells = a.stepCount * a.sampleCount * a.neuronCount;
  return a.words.reduce((sum, word, i) => sum + popCount((word ^ (b.words[i] ?? 0)) >>> 0), 0) / Math.max(1, cells);
}
