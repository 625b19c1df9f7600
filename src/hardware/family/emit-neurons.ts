// What the layers of every family hold: a generated neuron, biases, and weights that lie in block RAM or arrive over the host port.

import { assertDefined } from "../../base/index.ts";
import type { IntegerLayer } from "../golden/index.ts";
import { loadWord, mangleName, neuronModule, selectWord, type DesignFile } from "../rtl/index.ts";
import type { Mapping } from "./family.ts";
import { geometryOf } from "./geometry.ts";
import { biasImage, imageBytes, imageText, withParity, type MemoryImage } from "./images.ts";

export interface NeuronParts {
  /** The module of one neuron. */
  readonly neuron: string;
  /** Parameters of the biases; empty without. */
  readonly biasParameters: readonly string[];
  readonly files: readonly DesignFile[];
}

/** The neuron of layer `index`, and its biases. */
export function neuronParts({ network, layers }: Mapping, index: number): NeuronParts {
  const layer = assertDefined(network.layers[index], "layer");
  const { lanes } = assertDefined(layers[index], "mapped layer");
  const { sumBits, biasBits } = geometryOf(layer, lanes);
  const name = mangleName(layer.name, index);
  const neuron = `neuron_${index}_${name}`;
  const files: DesignFile[] = [
    { name: `${neuron}.sv`, text: neuronModule(neuron, layer.neuron, { layer: layer.name, sumBits }) },
  ];
  if (layer.bias === undefined) return { neuron, biasParameters: [], files };
  const biasFile = `bias_${index}_${name}.hex`;
  files.push({ name: biasFile, text: imageText(biasImage(layer, lanes), lanes * biasBits) });
  return { neuron, biasParameters: [`.BiasBits(${biasBits}), .BiasFile("${biasFile}")`], files };
}

export interface WeightParts {
  /** Where the weights come from. */
  readonly parameter: string;
  readonly files: readonly DesignFile[];
  readonly loadWords: readonly number[];
}

/** The weights of layer `index` as `image`, in a file `name_…`, or as words for the host port. */
export function weightParts(
  { network, layers, choice }: Mapping,
  index: number,
  bare: MemoryImage,
  name = "weights",
): WeightParts {
  const memory = assertDefined(
    layers[index]?.memories.find(({ role }) => role === "weights"),
    "weight memory",
  );
  const hasParity = choice.protection?.includes("parity") === true;
  const image = hasParity ? withParity(bare, memory.width - 1) : bare;
  const parity = hasParity ? ", .Parity(1'b1)" : "";
  if (memory.place === "single-port-ram") {
    const loadWords = [selectWord(index), ...imageBytes(image, memory.width).map(loadWord)];
    return { parameter: `.SinglePort(1'b1)${parity}`, files: [], loadWords };
  }
  const file = `${name}_${index}_${mangleName(assertDefined(network.layers[index], "layer").name, index)}.hex`;
  return {
    parameter: `.InitFile("${file}")${parity}`,
    files: [{ name: file, text: imageText(image, memory.width) }],
    loadWords: [],
  };
}

/** What a layer's block is told of its neurons and weights, and the files that belong to it. */
export interface LayerBlock {
  readonly neuron: string;
  readonly parameters: readonly string[];
  readonly files: readonly DesignFile[];
  readonly loadWords: readonly number[];
}

/** The blocks of all layers whose weights lie as `image` says. */
export function layerBlocks(
  mapping: Mapping,
  image: (layer: IntegerLayer, lanes: number) => MemoryImage,
): readonly LayerBlock[] {
  return mapping.layers.map(({ lanes }, index) => {
    const layer = assertDefined(mapping.network.layers[index], "layer");
    const weights = weightParts(mapping, index, image(layer, lanes));
    const { neuron, biasParameters, files } = neuronParts(mapping, index);
    return {
      neuron,
      parameters: [weights.parameter, ...biasParameters],
      files: [...files, ...weights.files],
      loadWords: weights.loadWords,
    };
  });
}

/** `lanes` neurons between the signals `<prefix>_sum`, `_state`, `_spike` and `_next`. */
export function neuronText(
  neuron: string,
  prefix: string,
  { lanes, sumBits, stateBits }: { readonly lanes: number; readonly sumBits: number; readonly stateBits: number },
): string[] {
  return [
    `  for (genvar i = 0; i < ${lanes}; i++) begin : gen_neuron_${prefix}`,
    `    ${neuron} u_neuron (`,
    `      .sum_i($signed(${prefix}_sum[i*${sumBits}+:${sumBits}])), .state_i(${prefix}_state[i*${stateBits}+:${stateBits}]),`,
    `      .spike_o(${prefix}_spike[i]), .next_o(${prefix}_next[i*${stateBits}+:${stateBits}])`,
    "    );",
    "  end",
  ];
}
