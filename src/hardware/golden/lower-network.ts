import { UserError, type IntegerRange } from "../../base/index.ts";
import {
  denseLayers,
  networkShape,
  validateNetwork,
  type DenseLayer,
  type Network,
} from "../../model/network/index.ts";
import { lowerNeuron, neuronOf, type LoweringFormats, type NeuronSpec } from "../../model/neuron/index.ts";
import { fitQuantizer, quantizeValue, type Quantizer } from "../../model/tensor/index.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";

export interface LowerOptions {
  readonly rounding: LoweringFormats["rounding"];
  readonly coefficientFraction: number;
  /**
   * Bits of a stored potential; by default as few as hold the threshold and every other potential of the neuron four times
   * over, at least 8.
   */
  readonly potentialBits?: number | undefined;
  /** Bits below one weight unit; by default enough for a threshold of 64 units or more, at most 4. */
  readonly potentialFraction?: number | undefined;
  /** For layers that carry no quantizer. Default 8. */
  readonly weightBits?: number | undefined;
}

/**
 * Lower a trained network to integers.
 *
 * @throws `lower/bias`, `lower/recurrent`, `lower/membrane-readout` (exit "unsupported"): what the hardware here cannot run
 * @throws the problems of `checkNetwork`; `quantizer/bits`
 * @throws `lower/threshold-out-of-range`, `lower/too-wide` when the formats do not hold the values
 */
export function lowerNetwork(network: Network, options: LowerOptions): IntegerNetwork {
  validateNetwork(network);
  if (network.readout.kind !== "count") {
    throw unsupported("lower/membrane-readout", network.name, 'readout "membrane" has no hardware', 'use "count"');
  }
  let inputCount = network.inputCount;
  const layers = denseLayers(network).map((layer) => {
    const lowered = lowerLayer(layer, inputCount, options);
    inputCount = layer.neuronCount;
    return lowered;
  });
  return {
    kind: "integer-network",
    name: network.name === "" ? networkShape(network) : network.name,
    inputCount: network.inputCount,
    stepCount: network.stepCount,
    layers,
    readout: { kind: "count" },
  };
}

/** The formats that `lowerNetwork` uses for a layer whose weight unit is `unit`. */
export function chooseFormats(layer: DenseLayer, unit: number, options: LowerOptions): LoweringFormats {
  const threshold = (layer.neuron.parameters["threshold"] ?? 1) / unit;
  let fraction = options.potentialFraction ?? 0;
  if (options.potentialFraction === undefined) while (fraction < 4 && threshold * 2 ** fraction < 64) fraction++;
  const largest = Math.max(threshold, largestPotential(layer.neuron) / unit);
  const needed = Math.ceil(Math.log2(largest * 2 ** fraction + 1)) + 3;
  const bits = options.potentialBits ?? Math.max(8, needed);
  return {
    potential: { bits, fraction },
    coefficientFraction: options.coefficientFraction,
    rounding: options.rounding,
  };
}

/**
 * Bounds of what any neuron can accumulate in one step, each input spiking at most once; they include 0.
 * @param weights  Shape [input, neuron].
 */
export function accumulatorRange(weights: Int16Array, neuronCount: number): IntegerRange {
  const low = new Int32Array(neuronCount);
  const high = new Int32Array(neuronCount);
  for (let row = 0; row < weights.length; row += neuronCount) {
    for (let n = 0; n < neuronCount; n++) {
      const weight = weights[row + n] ?? 0;
      if (weight < 0) low[n] = (low[n] ?? 0) + weight;
      else high[n] = (high[n] ?? 0) + weight;
    }
  }
  return { low: low.reduce((a, b) => Math.min(a, b), 0), high: high.reduce((a, b) => Math.max(a, b), 0) };
}

// ---------------------------------------------------------------------------------------------------------------------

function lowerLayer(layer: DenseLayer, inputCount: number, options: LowerOptions): IntegerLayer {
  if (layer.bias !== undefined) {
    throw unsupported("lower/bias", layer.name, "a bias has no hardware yet", "train without bias");
  }
  if (layer.recurrentWeights !== undefined) {
    throw unsupported(
      "lower/recurrent",
      layer.name,
      "recurrent weights have no hardware yet",
      "use a feed-forward layer",
    );
  }
  const quantizer: Quantizer = layer.quantizer ?? fitQuantizer(layer.weights.data, options.weightBits ?? 8);
  const weights = Int16Array.from(layer.weights.data, (value) => quantizeValue(quantizer, value));
  const accumulator = accumulatorRange(weights, layer.neuronCount);
  const formats = chooseFormats(layer, quantizer.scale, options);
  return {
    name: layer.name,
    inputCount,
    neuronCount: layer.neuronCount,
    weightBits: quantizer.bits,
    weights,
    weightScale: quantizer.scale,
    accumulator,
    neuron: lowerNeuron(layer.neuron, { unit: quantizer.scale, input: accumulator, formats }),
  };
}

/** The largest potential that a neuron names: of its parameters and its reset. */
function largestPotential(spec: NeuronSpec): number {
  const { parameters } = neuronOf(spec);
  const named = Object.entries(spec.parameters).filter(([name]) => parameters[name]?.role === "potential");
  const reset = spec.reset.kind === "value" ? Math.abs(spec.reset.value) : 0;
  return named.reduce((most, [, value]) => Math.max(most, value), reset);
}

function unsupported(code: string, where: string, what: string, hint: string): UserError {
  return new UserError(code, `"${where}": ${what}`, { path: where, hint, exit: "unsupported" });
}
