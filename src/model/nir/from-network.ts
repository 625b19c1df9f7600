// A Network as a NIR graph: exactly, or not at all. What NIR has no field for (how a neuron resets, seconds per step, how the network
// decides, the grid of its weights) is noted in metadata of our own.

import { assertDefined, UserError, type DataGroup } from "../../base/index.ts";
import { foldNormalization, type Grid, type Layer, type Network } from "../network/index.ts";
import { nirIntegers, nirNode, type NirEdge, type NirGraph, type NirNode } from "./graph.ts";
import { layerPart, type Place } from "./layer-nodes.ts";
import { writeNeurons } from "./neuron-node.ts";
import { nodeNames } from "./node-names.ts";
import { nodeNote, withNote } from "./note.ts";

/** A graph and what a reader should know about it, one sentence each. */
export interface WrittenNir {
  readonly graph: NirGraph;
  readonly notes: readonly string[];
}

/**
 * @param config  The experiment document, as JSON.
 * @throws `nir/no-neuron`, `nir/no-layer` (exit "unsupported") for what NIR cannot say, with the layer and the remedy;
 *   `network/fold-max-pooling`
 */
export function nirOfNetwork(network: Network, stepSeconds: number, config?: string): WrittenNir {
  const notes = new Set<string>();
  const { layers } = foldNormalization(network);
  const normalized = network.layers.filter(({ normalization }) => normalization !== undefined);
  if (normalized.length > 0) notes.add(`normalization is part of the weights and biases now: ${named(normalized)}`);
  const names = nodeNames(layers);
  const shapes = layers.map(shapeOf);
  const plain = layers.map(withoutOwnWeight);
  const { dialect, neurons } = writeNeurons(plain, shapes, stepSeconds);
  const unlike = layers.filter((_, l) => neurons[l]?.isReformed === true);
  if (unlike.length > 0) notes.add(`the same equations in another form, which rounds otherwise: ${named(unlike)}`);
  const noted = layers.filter((_, l) => neurons[l]?.reset !== undefined);
  if (noted.length > 0) {
    notes.add(
      `NIR cannot say how these reset; it is in the metadata, which other programs may not read: ${named(noted)}`,
    );
  }
  const input = names.own("input");
  const inputShape = inputShapeOf(network);
  const nodes: NirNode[] = [nirNode(input, "Input", { shape: nirIntegers(inputShape) })];
  const edges: NirEdge[] = [];
  let place: Place = { node: input, shape: inputShape, before: undefined };
  layers.forEach((layer, l) => {
    const shape = assertDefined(shapes[l], "shape");
    const { type, fields, reset } = assertDefined(neurons[l], "neurons");
    const name = names.of(layer);
    const part = layerPart(layer, place, { names, name, stepSeconds, ownWeight: ownWeightOf(layer, plain[l]) });
    nodes.push(...part.nodes, nirNode(name, type, fields, nodeNote({ reset }).metadata));
    edges.push(...part.edges);
    place = { node: name, shape, before: layer };
  });
  const output = names.own("output");
  nodes.push(nirNode(output, "Output", { shape: nirIntegers(place.shape) }));
  edges.push([place.node, output]);
  const metadata = metadataOf(network, dialect, stepSeconds, config);
  return { graph: { kind: "nir-graph", version: "", nodes, edges, metadata }, notes: [...notes] };
}

// ---------------------------------------------------------------------------------------------------------------------

function metadataOf(
  network: Network,
  dialect: Parameters<typeof withNote>[1]["dialect"],
  stepSeconds: number,
  config: string | undefined,
): DataGroup {
  const { stepCount, readout } = network;
  return withNote(undefined, { dialect, stepSeconds, stepCount, readout: JSON.stringify(readout), config });
}

function named(layers: readonly Layer[]): string {
  return layers.map(({ name }) => JSON.stringify(name)).join(", ");
}

function gridShape({ channels, rows, columns }: Grid): number[] {
  return [channels, rows, columns];
}

function shapeOf(layer: Layer): readonly number[] {
  return layer.kind === "conv" ? gridShape(layer.output) : [layer.neuronCount];
}

function inputShapeOf({ layers: [first], inputCount }: Network): readonly number[] {
  const grid = first?.inputPooling?.grid ?? (first?.kind === "conv" ? first.input : undefined);
  return grid === undefined ? [inputCount] : gridShape(grid);
}

/** Neurons that see their own last spike are neurons in a cycle, for NIR. */
function withoutOwnWeight(layer: Layer): Layer {
  if (layer.neuron.variant?.isSelfConnected !== true) return layer;
  const { isSelfConnected: _, ...variant } = layer.neuron.variant;
  const { ownWeight: _shared, ...parameters } = layer.neuron.parameters;
  const { ownWeight: _own, ...neuronParameters } = layer.neuronParameters ?? {};
  const { neuronParameters: _all, ...others } = layer;
  return {
    ...others,
    neuron: { ...layer.neuron, variant, parameters },
    ...(Object.keys(neuronParameters).length === 0 ? {} : { neuronParameters }),
  } as Layer;
}

/** What a spike adds to the input of its own neuron, before the input is scaled. Shape [cell], in the order of NIR. */
function ownWeightOf(layer: Layer, plain: Layer | undefined): ((neuron: number) => number) | undefined {
  if (layer === plain) return undefined;
  const { neuron, neuronParameters } = layer;
  if (neuron.variant?.spikes === "many") {
    const message = `"${layer.name}": several spikes in a step add one own weight, and a cycle in NIR would add several`;
    throw new UserError("nir/no-layer", message, { exit: "unsupported", path: layer.name });
  }
  const own = (name: string, n: number, usual: number): number =>
    neuronParameters?.[name]?.data[n] ?? neuron.parameters[name] ?? usual;
  return (n) => own("ownWeight", n, 0) / own("gain", n, 1);
}
