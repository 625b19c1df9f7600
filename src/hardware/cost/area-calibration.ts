// Designs of this generator that were placed and routed, each with what the tools reported: the evidence behind `estimateCells`.
// `npm run calibrate:area` places them again.

import { randomStream } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec, type NeuronModelName } from "../../model/neuron/index.ts";
import { families, type HardwareChoice, type Mapping } from "../family/index.ts";
import { lowerNetwork } from "../golden/index.ts";
import { targetByName, type TargetName } from "../target/index.ts";

/** One design and its placement. */
export interface PlacedDesign {
  readonly sizes: readonly number[];
  readonly neuron: NeuronModelName;
  readonly weightBits: number;
  readonly family: HardwareChoice["family"];
  readonly lanes: readonly number[];
  readonly weightStorage: HardwareChoice["weightStorage"];
  readonly target: TargetName;
  /** Seed of its random weights, of which four in ten are zero. */
  readonly seed: number;
  /** Bits of adders and choices over all lanes. */
  readonly laneBits: number;
  /** Logic cells after place and route. */
  readonly cells: number;
  /** Clock of the slowest path after routing, in megahertz. */
  readonly megahertz: number;
  /** Whether the weights of the estimate were fitted to it; the others test them. */
  readonly isFitted: boolean;
}

const usual = { neuron: "lif", family: "layer-pipeline", weightStorage: "dense", target: "hx8k" } as const;

/** The table, with the tools that made it. */
export const areaCalibration: { readonly source: string; readonly designs: readonly PlacedDesign[] } = {
  source: "placed by nextpnr-ice40 (npm 0.8.621) after Yosys 0.70 (npm 0.70.62-dev.1236)",
  designs: [
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [2, 2],
      weightBits: 4,
      seed: 0,
      laneBits: 352,
      cells: 577,
      megahertz: 68.4,
      isFitted: true,
    },
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [4, 2],
      weightBits: 4,
      seed: 1,
      laneBits: 534,
      cells: 727,
      megahertz: 61.6,
      isFitted: true,
    },
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [8, 2],
      weightBits: 3,
      seed: 2,
      laneBits: 902,
      cells: 937,
      megahertz: 66.9,
      isFitted: true,
    },
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [8, 5],
      weightBits: 6,
      family: "dense",
      seed: 3,
      laneBits: 1197,
      cells: 1308,
      megahertz: 63.8,
      isFitted: true,
    },
    {
      ...usual,
      sizes: [64, 128, 10],
      lanes: [4, 2],
      weightBits: 4,
      weightStorage: "blocks",
      seed: 4,
      laneBits: 544,
      cells: 768,
      megahertz: 62.7,
      isFitted: true,
    },
    {
      ...usual,
      sizes: [64, 32, 10],
      lanes: [1, 1],
      weightBits: 8,
      family: "dense",
      seed: 5,
      laneBits: 201,
      cells: 482,
      megahertz: 68.0,
      isFitted: true,
    },
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [4, 2],
      weightBits: 4,
      neuron: "alif",
      seed: 0,
      laneBits: 858,
      cells: 1050,
      megahertz: 56.5,
      isFitted: false,
    },
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [4, 2],
      weightBits: 4,
      neuron: "cubaLif",
      seed: 1,
      laneBits: 742,
      cells: 886,
      megahertz: 63.9,
      isFitted: false,
    },
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [4, 2],
      weightBits: 4,
      neuron: "integrateFire",
      seed: 2,
      laneBits: 396,
      cells: 576,
      megahertz: 82.4,
      isFitted: false,
    },
    {
      ...usual,
      sizes: [64, 64, 32, 10],
      lanes: [4, 4, 2],
      weightBits: 4,
      seed: 3,
      laneBits: 902,
      cells: 1091,
      megahertz: 67.7,
      isFitted: false,
    },
    {
      ...usual,
      sizes: [784, 128, 10],
      lanes: [8, 2],
      weightBits: 4,
      target: "up5k",
      seed: 4,
      laneBits: 1008,
      cells: 1170,
      megahertz: 25.6,
      isFitted: false,
    },
    {
      ...usual,
      sizes: [64, 64, 10],
      lanes: [4, 2],
      weightBits: 4,
      target: "up5k",
      seed: 5,
      laneBits: 548,
      cells: 701,
      megahertz: 29.2,
      isFitted: false,
    },
  ],
};

/** A design of the table laid out again, to estimate it or to place it. */
export function placedMapping(design: PlacedDesign): Mapping {
  const random = randomStream(design.seed, "calibrate");
  const layers = design.lanes.map((_, l) => {
    const sizes = { inputCount: design.sizes[l] ?? 1, neuronCount: design.sizes[l + 1] ?? 1 };
    const layer = denseLayer(`layer${l}`, sizes, neuronSpec(design.neuron));
    layer.weights.data.forEach((__, i) => (layer.weights.data[i] = random.uniform() < 0.4 ? 0 : random.normal() * 0.2));
    return { ...layer, quantizer: { bits: design.weightBits, scale: 0.6 / 2 ** (design.weightBits - 1) } };
  });
  const network: Network = {
    kind: "network",
    name: "calibration",
    inputCount: design.sizes[0] ?? 1,
    stepCount: 8,
    layers,
    readout: { kind: "count" },
  };
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  return families[design.family].map(integer, design, targetByName(design.target));
}
