// The neurons of a link as a layer has them: gains of the input go to the weights that lead to them.

import { assertDefined } from "../../base/index.ts";
import { neuronSpec, type NeuronSpec } from "../neuron/index.ts";
import { tensor, type Tensor } from "../tensor/index.ts";
import { toChannelsLast } from "./channel-order.ts";
import { nodeAt } from "./chain.ts";
import { fieldNumbers, type NirPrimitive } from "./graph.ts";
import type { NirPlan } from "./plan.ts";
import { cellsOf } from "./shapes.ts";

/** Neurons in NIR's order. */
export interface LinkNeurons {
  readonly shape: readonly number[];
  readonly count: number;
  readonly neuron: NeuronSpec;
  readonly neuronParameters: Readonly<Record<string, Float32Array>>;
  /** What the input of a neuron is multiplied with, and what is added to it in every step. */
  gain(neuron: number): number;
  drift(neuron: number): number;
}

/** Neurons of a population, or the units of a Threshold, which have no memory. */
export function neuronsOf(plan: NirPlan, at: number): LinkNeurons {
  const shape = assertDefined(plan.shapes[at], "shape");
  const count = cellsOf(shape);
  const population = plan.populations.get(at);
  if (population === undefined) {
    const { neuron, neuronParameters } = unitsOf(nodeAt(plan, at).node, count);
    return { shape, count, neuron, neuronParameters, gain: () => 1, drift: () => 0 };
  }
  const { neuron, neuronParameters = {} } = population;
  if (neuron.variant?.isScaled !== true) {
    return { shape, count, neuron, neuronParameters, gain: () => 1, drift: () => 0 };
  }
  const { isScaled: _, ...variant } = neuron.variant;
  const { gain = 1, drift = 0, ...parameters } = neuron.parameters;
  const { gain: gains, drift: drifts, ...others } = neuronParameters;
  const { model, reset } = neuron;
  const plain = { model, reset, parameters, ...(Object.keys(variant).length === 0 ? {} : { variant }) };
  return {
    shape,
    count,
    neuron: plain,
    neuronParameters: others,
    gain: (n) => gains?.[n] ?? gain,
    drift: (n) => drifts?.[n] ?? drift,
  };
}

/** The same neurons, each of whose spikes adds to its own next input. */
export function selfConnected(neurons: LinkNeurons, scale: NirPrimitive): LinkNeurons {
  const { neuron, count } = neurons;
  const own = assertDefined(fieldNumbers(scale, "scale"), "scale").values;
  const weights = Float32Array.from(
    { length: count },
    (_, n) => (own[own.length === 1 ? 0 : n] ?? 0) * neurons.gain(n),
  );
  const [first = 0] = weights;
  const isShared = weights.every((weight) => weight === first);
  return {
    ...neurons,
    neuron: {
      ...neuron,
      parameters: { ...neuron.parameters, ownWeight: first },
      variant: { ...neuron.variant, isSelfConnected: true },
    },
    neuronParameters: isShared ? neurons.neuronParameters : { ...neurons.neuronParameters, ownWeight: weights },
  };
}

/** What layers of every kind have, cells in the order of a network. */
export function commonOf(
  name: string,
  { neuron, neuronParameters, shape, count }: LinkNeurons,
): {
  readonly name: string;
  readonly neuronCount: number;
  readonly neuron: NeuronSpec;
  readonly neuronParameters?: Readonly<Record<string, Tensor>>;
} {
  const order = toChannelsLast(shape);
  const own = Object.entries(neuronParameters).map(([parameter, values]) => {
    const ordered = Float32Array.from(order, (from) => values[from] ?? 0);
    return [parameter, tensor([count], ordered)] as const;
  });
  return {
    name,
    neuronCount: count,
    neuron,
    ...(own.length === 0 ? {} : { neuronParameters: Object.fromEntries(own) }),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The smallest threshold of a neuron; lower ones are a bias. */
const lowest = 1e-6;

function unitsOf(node: NirPrimitive, count: number): Pick<LinkNeurons, "neuron" | "neuronParameters"> {
  const own = assertDefined(fieldNumbers(node, "threshold"), "threshold").values;
  const at = (n: number): number => own[own.length === 1 ? 0 : n] ?? 0;
  const all = Array.from({ length: count }, (_, n) => at(n));
  const isLow = all.some((value) => value < lowest);
  const shared = all.every((value) => value === at(0));
  const values = isLow ? { threshold: 1, bias: 1 - at(0) } : { threshold: at(0), bias: 0 };
  const neuron = neuronSpec("thresholdUnit", values, { kind: "none" });
  if (shared) return { neuron, neuronParameters: {} };
  const each = Float32Array.from(all, (value) => (isLow ? 1 - value : value));
  return { neuron, neuronParameters: { [isLow ? "bias" : "threshold"]: each } };
}
