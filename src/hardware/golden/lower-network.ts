import { signedBits, UserError } from "../../base/index.ts";
import { delaysOf, networkShape, validateNetwork, type Layer, type Network } from "../../model/network/index.ts";
import { lowerNeuron, neuronOf, type LoweringFormats, type NeuronSpec } from "../../model/neuron/index.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";
import { integerWeights } from "./integer-weights.ts";
import { lowerSynapses } from "./lower-synapses.ts";
import { unionCount, type SpikeUnion } from "./pooling.ts";
import { accumulatorRange } from "./synapses.ts";

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
 * @throws `lower/readout`, `lower/population-readout`, `lower/channel-scales`, `lower/rounded-unit`, `lower/neuron-parameters`, `lower/delays`, `lower/normalization`, `lower/pooling` (exit
 * "unsupported"): what integers here cannot say
 * @throws the problems of `checkNetwork`; `quantizer/bits`
 * @throws `lower/threshold-out-of-range`, `lower/too-wide` when the formats do not hold the values
 */
export function lowerNetwork(network: Network, options: LowerOptions): IntegerNetwork {
  validateNetwork(network);
  const { kind, neuronsPerClass = 1 } = network.readout;
  if (kind !== "count") {
    throw unsupported("lower/readout", network.name, `readout "${kind}" has no hardware`, 'use "count"');
  }
  if (neuronsPerClass !== 1) {
    const what = `${neuronsPerClass} neurons vote for a class, and the hardware here counts one per class`;
    throw unsupported("lower/population-readout", network.name, what, "use one neuron per class");
  }
  const unions = network.layers.map(unionBefore);
  let inputCount = unions[0] === undefined ? network.inputCount : unionCount(unions[0]);
  const layers = network.layers.map((layer, index): IntegerLayer => {
    const lowered = lowerLayer(layer, inputCount, options);
    const union = unions[index + 1];
    inputCount = union === undefined ? layer.neuronCount : unionCount(union);
    return union === undefined ? lowered : { ...lowered, union };
  });
  return {
    kind: "integer-network",
    name: network.name === "" ? networkShape(network) : network.name,
    inputCount: network.inputCount,
    stepCount: network.stepCount,
    ...(unions[0] === undefined ? {} : { inputUnion: unions[0] }),
    layers,
    readout: { kind: "count" },
  };
}

/** The formats that `lowerNetwork` uses for a layer whose weight unit is `unit`. */
export function chooseFormats(layer: Pick<Layer, "neuron">, unit: number, options: LowerOptions): LoweringFormats {
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

/** Why no integers say a layer, whatever its neuron is; undefined where they may. */
export function layerRefusal(layer: Layer): UserError | undefined {
  if (layer.neuronParameters !== undefined) {
    return unsupported(
      "lower/neuron-parameters",
      layer.name,
      "parameters that differ from neuron to neuron have no integers yet",
      "train one value for the whole layer",
    );
  }
  if (delaysOf(layer) !== undefined) {
    const hint = "use a layer without delays";
    return unsupported("lower/delays", layer.name, "delayed synapses have no hardware yet", hint);
  }
  if (layer.normalization !== undefined) {
    return unsupported("lower/normalization", layer.name, "currents are normalized", "fold the normalization first");
  }
  return undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

/** The largest of bits is their union: it happens where the spikes come from. */
function unionBefore({ inputPooling }: Layer): SpikeUnion | undefined {
  if (inputPooling?.kind !== "max") return undefined;
  const { size, stride, grid } = inputPooling;
  return { size, stride, grid };
}

function lowerLayer(layer: Layer, inputCount: number, options: LowerOptions): IntegerLayer {
  const refusal = layerRefusal(layer);
  if (refusal !== undefined) throw refusal;
  const { shape, weights: values, fold, share, biasTimes, bias } = lowerSynapses(layer, inputCount);
  const integers = integerWeights(layer, values, options.weightBits);
  const unit = integers.unit * share;
  const { numerics } = layer.neuron;
  if (numerics !== undefined && Math.abs(numerics.unit - unit) > 1e-6 * unit) {
    const what = `its neurons learned with weights in units of ${numerics.unit}, and they are in units of ${unit} now`;
    throw unsupported("lower/rounded-unit", layer.name, what, "quantize it again, and let its neurons round anew");
  }
  const weights = fold?.(integers.weights) ?? integers.weights;
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const offsets = bias === undefined ? undefined : Int32Array.from(bias, (b) => Math.round((b * biasTimes) / unit));
  const accumulator = accumulatorRange(shape, { weights, bias: offsets });
  return {
    name: layer.name,
    ...shape,
    weightBits: Math.max(integers.weightBits, signedBits({ low: -largest, high: largest })),
    weights,
    ...(offsets === undefined ? {} : { bias: offsets }),
    weightScale: unit,
    accumulator,
    neuron: lowerNeuron(layer.neuron, {
      unit,
      input: accumulator,
      formats: numerics?.formats ?? chooseFormats(layer, unit, options),
    }),
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
