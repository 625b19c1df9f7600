// The metrics of NeuroBench by their exact definitions, and beside each the one that counts real bits and real weights.
// Definitions: NeuroBench 2.3, `neurobench/metrics`; J. Yik et al., 2025, doi:10.1038/s41467-025-56739-4

import { assertDefined, quantity, type Quantity } from "../../base/index.ts";
import { layerArrays, listArrays, synapseCount, type Layer, type Network } from "../network/index.ts";
import { neuronOf, topologicalOrder } from "../neuron/index.ts";
import { countSpikes } from "../tensor/index.ts";
import { zeroShare } from "./measures.ts";
import type { NetworkRun } from "./network-run.ts";
import { countSynapticOperations, totalOperations } from "./synaptic-operations.ts";

/** One metric with what it means. */
export interface Metric {
  readonly name: string;
  /** `neurobench`: as that tool prints it; `bit-true`: as hardware holds and does it; else the peer that counts so. */
  readonly by: "neurobench" | "bit-true" | "SpikingJelly" | "Sinabs" | "Norse";
  readonly definition: string;
  /** Undefined where the definition does not cover this network. */
  readonly quantity: Quantity | undefined;
}

/** What a run does not say. */
export interface MetricOptions {
  /** v of each layer after each step, shape [step, sample, neuron]: for membrane updates. */
  readonly potentials: readonly Float32Array[];
  /** Bits of one neuron's state in each layer, as hardware keeps it; 32 for each variable by default. */
  readonly stateBits?: readonly number[];
}

/** All metrics of a network on a run. Operations and updates are per sample. */
export function neurobenchMetrics(network: Network, run: NetworkRun, options: MetricOptions): readonly Metric[] {
  const sampleCount = assertDefined(run.layers[0], "run").sampleCount;
  return [
    ...staticMetrics(network, options),
    ...operationMetrics(network, run, sampleCount),
    ...neuronMetrics(network, options.potentials, sampleCount),
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

const source = "counted in a run of the float reference";

function metric(
  name: string,
  by: Metric["by"],
  definition: string,
  value: number | undefined,
  unit: Quantity["unit"],
): Metric {
  const found = value === undefined ? undefined : quantity(value, unit, "simulated", source);
  return { name, by, definition, quantity: found };
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function staticMetrics({ layers }: Network, { stateBits }: MetricOptions): Metric[] {
  const parameters = sum(layers, (layer) => sum(listArrays(layerArrays(layer)), ({ length }) => length));
  const state = sum(layers, (layer) => layer.neuronCount * neuronOf(layer.neuron).state.length);
  const constants = sum(layers, ({ neuron }) => Object.keys(neuron.parameters).length);
  const realBits =
    sum(layers, (layer) => realWeightBits(layer)) +
    sum(
      layers.map((layer, l) => layer.neuronCount * (stateBits?.[l] ?? 32 * neuronOf(layer.neuron).state.length)),
      (bits) => bits,
    );
  return [
    metric(
      "footprint",
      "neurobench",
      "32 bits for every parameter, state variable (one sample) and constant of a neuron",
      32 * (parameters + state + constants),
      "bit",
    ),
    metric("footprint", "bit-true", "weights at the width of their quantizer, state at its own width", realBits, "bit"),
    metric("parameter count", "neurobench", "weights, biases and parameters of single neurons", parameters, "1"),
    metric(
      "connection sparsity",
      "neurobench",
      "share of zeros among weights, recurrent ones included, biases not; four digits",
      Math.round(zeroShare(...layers) * 1e4) / 1e4,
      "1",
    ),
  ];
}

function realWeightBits(layer: Layer): number {
  const weights = synapseCount({ layers: [layer] });
  const others = sum(listArrays(layerArrays(layer)), ({ length }) => length) - weights;
  return weights * (layer.quantizer?.bits ?? 32) + others * 32;
}

function operationMetrics(network: Network, run: NetworkRun, sampleCount: number): Metric[] {
  const total = totalOperations(countSynapticOperations(network, run));
  const cells = sum(run.layers, (train) => train.stepCount * train.sampleCount * train.neuronCount);
  const spikes = sum(run.layers, countSpikes);
  const perSample = (name: string, by: Metric["by"], definition: string, value: number): Metric =>
    metric(name, by, definition, value / sampleCount, "op");
  const effective = total.accumulates + total.multiplyAccumulates;
  const operations = "synaptic operations";
  return [
    metric(
      "activation sparsity",
      "neurobench",
      "share of zeros in all outputs of all layers, steps and samples",
      1 - spikes / cells,
      "1",
    ),
    perSample(`${operations}, dense`, "neurobench", "every synapse at every step, as if nothing were 0", total.dense),
    perSample(
      `${operations}, effective ACs`,
      "neurobench",
      "input ≠ 0 and weight ≠ 0, in steps whose inputs are all −1, 0, 1",
      total.accumulates,
    ),
    perSample(
      `${operations}, effective MACs`,
      "neurobench",
      "input ≠ 0 and weight ≠ 0, in all other steps",
      total.multiplyAccumulates,
    ),
    perSample(
      "multiplications",
      "bit-true",
      "effective MACs whose weight is more than a sign: a ternary layer only adds",
      total.trueMultiplications,
    ),
    perSample("additions", "bit-true", "effective ACs and MACs: each adds once", effective),
    perSample(
      operations,
      "SpikingJelly",
      "inputs of all-binary steps × synapses, zero weights included",
      total.spikingJelly,
    ),
    perSample(
      operations,
      "Sinabs",
      "sum of input values × synapses, borders exact, zero weights included",
      total.sinabs,
    ),
    perSample(
      operations,
      "Norse",
      "inputs × output channels · kernel² / groups, borders and stride ignored",
      total.norse,
    ),
  ];
}

/** Operations of one update that NeuroBench assumes for snnTorch's neurons. */
const assumedOperations: Readonly<Record<string, (reset: string) => number>> = {
  lif: () => 4,
  cubaLif: (reset) => (reset === "zero" ? 8 : 6),
  lapicque: () => 11,
  alpha: (reset) => (reset === "zero" ? 24 : 18),
};

function neuronMetrics(network: Network, potentials: readonly Float32Array[], sampleCount: number): Metric[] {
  const updates = network.layers.map((layer, l) => countUpdates(potentials[l], layer.neuronCount * sampleCount));
  const assumed = network.layers.map(({ neuron }) => assumedOperations[neuron.model]?.(neuron.reset.kind));
  const known = assumed.every((count) => count !== undefined);
  const own = sum(network.layers, (layer) => layer.neuronCount * network.stepCount * ownOperations(layer));
  return [
    metric(
      "membrane updates",
      "neurobench",
      "neurons whose potential differs from the step before; all in the first step",
      sum(updates, (count) => count) / sampleCount,
      "op",
    ),
    metric(
      "neuron operations",
      "neurobench",
      "membrane updates × a constant of the model: LIF 4, synaptic 6 or 8, Lapicque 11, alpha 18 or 24",
      known
        ? sum(
            updates.map((count, l) => count * (assumed[l] ?? 0)),
            (count) => count,
          ) / sampleCount
        : undefined,
      "op",
    ),
    metric(
      "neuron operations",
      "bit-true",
      "operations of the neuron's own definition, every neuron at every step",
      own,
      "op",
    ),
  ];
}

/** @param size  Neurons × samples. */
function countUpdates(potentials: Float32Array | undefined, size: number): number {
  if (potentials === undefined) return 0;
  let count = 0;
  potentials.forEach((v, i) => {
    if (i < size || v !== potentials[i - size]) count++;
  });
  return count;
}

function ownOperations(layer: Layer): number {
  const { spike, next } = neuronOf(layer.neuron);
  const nodes = topologicalOrder([spike, ...Object.values(next)]);
  return nodes.filter(({ op }) => op !== "constant" && op !== "reference" && op !== "through").length;
}
