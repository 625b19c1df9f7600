import { UserError } from "../../base/index.ts";
import { recurrentWeightsOf, type DenseLayer, type Layer } from "./layer.ts";

/** A spiking network as plain data: what training, import and export speak about. */
export interface Network {
  readonly kind: "network";
  readonly name: string;
  readonly inputCount: number;
  /** Time steps per inference (T). */
  readonly stepCount: number;
  readonly layers: readonly Layer[];
  readonly readout: Readout;
}

/** How the last layer decides; `readouts` says what each one computes. Ties of outputs go to the lowest class; `firstSpike` lets potentials decide first. */
export interface Readout {
  readonly kind: "count" | "membrane" | "membraneMax" | "membraneMean" | "firstSpike";
  /** Neighboring neurons of the last layer that vote together for one class: the sum of their outputs counts. Default 1. */
  readonly neuronsPerClass?: number | undefined;
}

/** What each readout is made of: spikes or potentials of the last layer. */
export const readoutSources: { readonly [Kind in Readout["kind"]]: "spikes" | "potential" } = {
  count: "spikes",
  membrane: "potential",
  membraneMax: "potential",
  membraneMean: "potential",
  firstSpike: "spikes",
};

/** The number of classes: neurons of the last layer, by those that vote together. */
export function classCount(network: Network): number {
  return (network.layers.at(-1)?.neuronCount ?? 0) / (network.readout.neuronsPerClass ?? 1);
}

/**
 * The layers, when all are dense: for whatever runs nothing else.
 * @throws `network/only-dense` (exit "unsupported") naming the first other layer
 */
export function denseLayers(network: Network): readonly DenseLayer[] {
  return network.layers.map((layer) => {
    if (layer.kind === "dense" && layer.inputPooling === undefined) return layer;
    const what = layer.kind === "dense" ? "pools its input" : "is a convolution";
    throw new UserError("network/only-dense", `"${layer.name}" ${what}; only dense layers are supported here`, {
      path: layer.name,
      exit: "unsupported",
    });
  });
}

/** Spikes that arrive at layer `index`. */
export function layerInputCount(network: Network, index: number): number {
  return index === 0 ? network.inputCount : (network.layers[index - 1]?.neuronCount ?? 0);
}

/** "784-128-10", the way the field writes a feed-forward net. */
export function networkShape(network: Network): string {
  return [network.inputCount, ...network.layers.map((layer) => layer.neuronCount)].join("-");
}

/** The weights of a layer as they are stored: those from below, then the recurrent ones. */
export function synapseWeights(layer: Layer): Float32Array[] {
  const recurrent = recurrentWeightsOf(layer);
  return [layer.weights.data, ...(recurrent === undefined ? [] : [recurrent.data])];
}

/** Synapses that exist as storage, zero or not, recurrent ones included. */
export function synapseCount({ layers }: Pick<Network, "layers">): number {
  return layers.flatMap(synapseWeights).reduce((sum, { length }) => sum + length, 0);
}
