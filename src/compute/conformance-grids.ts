// Networks with convolutions and poolings, for the conformance suite: every size, stride, padding, group and pooling in small.

import {
  cellCount,
  convLayer,
  denseLayer,
  pooledGrid,
  type Grid,
  type InputPooling,
  type Layer,
  type Pooling,
} from "../model/network/index.ts";
import { neuronSpec, type NeuronSpec } from "../model/neuron/index.ts";
import type { Choices, NetworkCase } from "./conformance-case.ts";

/** A layer as a line of a table: output channels for a convolution, neurons otherwise. */
interface Shell {
  readonly channels?: number;
  readonly neurons?: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly pooling?: Pooling;
  readonly inputPooling?: Pooling;
  readonly neuron?: NeuronSpec;
}

interface GridCase extends Choices {
  readonly title: string;
  readonly input: Grid;
  readonly shells: readonly Shell[];
}

const grid: Grid = { rows: 7, columns: 6, channels: 2 };
const alif = neuronSpec("alif");
const zero = neuronSpec("lif", {}, { kind: "zero" });
const integrate = neuronSpec("integrateFire");
const graded = neuronSpec("gradedLif");
const many = neuronSpec("lif", { threshold: 0.4 }, { kind: "subtract" }, { spikes: "many" });
const deltas = neuronSpec("sigmaDelta", { threshold: 0.2 });

function pool(kind: Pooling["kind"], size = 2, stride = 2): Pooling {
  return { kind, size, stride };
}

const table: readonly GridCase[] = [
  { title: "a convolution alone", input: grid, shells: [{ channels: 5, kernel: 3 }], bias: true },
  {
    title: "stride, padding and a dense layer",
    input: grid,
    shells: [{ channels: 6, kernel: 3, stride: 2, padding: 1 }, { neurons: 4 }],
    bytes: true,
  },
  {
    title: "two convolutions and a dense layer",
    input: grid,
    shells: [{ channels: 12, kernel: 3 }, { channels: 7, kernel: 3, padding: 2 }, { neurons: 19 }],
    bias: true,
    samples: 8,
  },
  {
    title: "groups",
    input: { rows: 5, columns: 5, channels: 4 },
    shells: [
      { channels: 6, kernel: 2, groups: 2 },
      { channels: 6, kernel: 3, groups: 6, padding: 1 },
    ],
    bias: true,
  },
  {
    title: "many channels",
    input: { rows: 4, columns: 3, channels: 70 },
    shells: [{ channels: 70, kernel: 2 }, { channels: 33, kernel: 2 }, { neurons: 3 }],
    bias: true,
    density: 0.05,
  },
  {
    title: "maximum of currents",
    input: { rows: 9, columns: 9, channels: 1 },
    shells: [
      { channels: 12, kernel: 3, pooling: pool("max") },
      { channels: 9, kernel: 2, pooling: pool("max"), padding: 1 },
      { neurons: 4 },
    ],
    bias: true,
  },
  {
    title: "overlapping maximum",
    input: grid,
    shells: [
      { channels: 5, kernel: 2, pooling: pool("max", 3, 1) },
      { channels: 3, kernel: 2 },
    ],
  },
  {
    title: "sum of currents",
    input: grid,
    shells: [
      { channels: 5, kernel: 2, pooling: pool("sum", 2, 1) },
      { channels: 4, kernel: 2, pooling: pool("sum") },
    ],
    bias: true,
  },
  {
    title: "average of currents",
    input: grid,
    shells: [
      { channels: 5, kernel: 2, pooling: pool("average", 3, 2) },
      { channels: 4, kernel: 2 },
    ],
    bias: true,
  },
  {
    title: "union of spikes",
    input: grid,
    shells: [
      { channels: 5, kernel: 2 },
      { channels: 6, kernel: 2, inputPooling: pool("max"), padding: 1 },
      { neurons: 3, inputPooling: pool("max", 2, 1) },
    ],
    bias: true,
  },
  {
    title: "counts of spikes",
    input: grid,
    shells: [
      { channels: 5, kernel: 2, inputPooling: pool("sum", 2, 1) },
      { channels: 6, kernel: 2, inputPooling: pool("sum") },
      { neurons: 3, inputPooling: pool("average", 1, 1) },
    ],
  },
  {
    title: "means of spikes",
    input: grid,
    shells: [
      { channels: 5, kernel: 2 },
      { channels: 6, kernel: 1, inputPooling: pool("average", 3, 1), padding: 1 },
    ],
    bias: true,
  },
  {
    title: "union of input spikes for a dense layer",
    input: grid,
    shells: [{ neurons: 20, inputPooling: pool("max") }, { neurons: 4 }],
  },
  {
    title: "a dense layer below a convolution",
    input: grid,
    shells: [{ neurons: 60 }, { channels: 4, kernel: 2 }, { neurons: 3 }],
    bias: true,
  },
  {
    title: "direct input",
    input: grid,
    shells: [
      { channels: 5, kernel: 3, padding: 1, pooling: pool("max") },
      { channels: 4, kernel: 2, stride: 2 },
      { neurons: 3 },
    ],
    direct: true,
    bias: true,
  },
  {
    title: "direct input, averages",
    input: grid,
    shells: [{ channels: 5, kernel: 2, inputPooling: pool("average", 2, 1), pooling: pool("average") }],
    direct: true,
  },
  {
    title: "adaptive neurons, attached reset",
    input: grid,
    shells: [{ channels: 5, kernel: 2, neuron: alif }, { channels: 4, kernel: 2, neuron: alif }, { neurons: 3 }],
    detachReset: false,
  },
  {
    title: "reset to zero",
    input: grid,
    shells: [{ channels: 5, kernel: 2, neuron: zero }, { channels: 4, kernel: 2, neuron: zero }, { neurons: 3 }],
  },
  {
    title: "neurons that do not leak",
    input: grid,
    shells: [{ channels: 5, kernel: 2 }, { channels: 4, kernel: 2, neuron: integrate }, { neurons: 3 }],
  },
  {
    title: "parameters of each neuron",
    input: grid,
    shells: [{ channels: 5, kernel: 2 }, { channels: 4, kernel: 2 }, { neurons: 3 }],
    perNeuron: true,
  },
  {
    title: "masked and quantized",
    input: grid,
    shells: [
      { channels: 6, kernel: 3, pooling: pool("max") },
      { channels: 4, kernel: 2 },
    ],
    transforms: true,
    bias: true,
  },
  {
    title: "part by part",
    input: grid,
    shells: [{ channels: 5, kernel: 2 }, { channels: 4, kernel: 2 }, { channels: 4, kernel: 2 }, { neurons: 3 }],
    stepCount: 8,
    stepsPerPart: 3,
    bias: true,
  },
  {
    title: "part by part, direct input, membrane",
    input: grid,
    shells: [
      { channels: 5, kernel: 2, pooling: pool("max") },
      { neurons: 3, neuron: neuronSpec("leakyIntegrator") },
    ],
    stepCount: 7,
    stepsPerPart: 4,
    direct: true,
    readout: { kind: "membrane" },
  },
  {
    title: "gradients at every step of a convolution",
    input: grid,
    shells: [
      { channels: 5, kernel: 2 },
      { channels: 4, kernel: 2, pooling: pool("max") },
    ],
    perStep: true,
  },
  {
    title: "membrane of a convolution",
    input: grid,
    shells: [
      { channels: 5, kernel: 2 },
      { channels: 4, kernel: 2, neuron: neuronSpec("leakyIntegrator") },
    ],
    readout: { kind: "membrane" },
  },
  { title: "silent input", input: grid, shells: [{ channels: 5, kernel: 3 }, { neurons: 3 }], density: 0 },
  {
    title: "all inputs firing",
    input: { rows: 9, columns: 5, channels: 16 },
    shells: [{ channels: 5, kernel: 5, padding: 2 }, { neurons: 3 }],
    density: 1,
  },
  {
    title: "patterns of kernel rows",
    input: { rows: 8, columns: 9, channels: 1 },
    shells: [{ channels: 12, kernel: 5, padding: 1, pooling: pool("max") }, { neurons: 3 }],
    grid: true,
    method: "tables",
    bias: true,
  },
  {
    title: "patterns of two channels",
    input: grid,
    shells: [
      { channels: 18, kernel: 3, stride: 2 },
      { channels: 4, kernel: 1 },
    ],
    grid: true,
    method: "tables",
    density: 0.7,
  },
  {
    title: "graded spikes",
    input: grid,
    shells: [
      { channels: 5, kernel: 2, neuron: graded },
      { channels: 9, kernel: 2, padding: 1, neuron: many },
      { neurons: 3, neuron: graded },
    ],
    bias: true,
  },
  {
    title: "largest of graded spikes",
    input: grid,
    shells: [
      { channels: 37, kernel: 2, neuron: deltas },
      { channels: 6, kernel: 2, inputPooling: pool("max"), padding: 1, neuron: many },
      { neurons: 3, inputPooling: pool("max", 2, 1) },
    ],
  },
  {
    title: "sums and means of graded spikes, groups",
    input: { rows: 7, columns: 7, channels: 4 },
    shells: [
      { channels: 6, kernel: 2, groups: 2, neuron: graded },
      { channels: 6, kernel: 1, groups: 3, inputPooling: pool("average"), neuron: many },
      { neurons: 3, inputPooling: pool("sum", 2, 1) },
    ],
    stepCount: 7,
    stepsPerPart: 3,
  },
  {
    title: "graded spikes of a dense layer below a convolution",
    input: grid,
    shells: [{ neurons: 60, neuron: graded }, { channels: 4, kernel: 2 }, { neurons: 3 }],
    method: "tables",
    grid: true,
  },
  {
    title: "one step, one sample",
    input: grid,
    shells: [{ channels: 5, kernel: 3 }, { neurons: 3 }],
    stepCount: 1,
    samples: 1,
  },
];

/** The cases with their layers, weights still zero. */
export const gridCases: readonly NetworkCase[] = table.map(({ shells, input, ...rest }) => {
  let arriving = input;
  const layers = shells.map((shell, l): Layer => {
    const layer = layerOf(shell, `layer${l}`, arriving);
    arriving = layer.kind === "conv" ? layer.output : asPixels(layer.neuronCount);
    return layer;
  });
  return { ...rest, inputCount: cellCount(input), layers };
});

// ---------------------------------------------------------------------------------------------------------------------

function layerOf(shell: Shell, name: string, arriving: Grid): Layer {
  const { neuron = neuronSpec("lif"), neurons, channels = 1, kernel = 1 } = shell;
  const inputPooling: InputPooling | undefined =
    shell.inputPooling === undefined ? undefined : { ...shell.inputPooling, grid: arriving };
  const input = inputPooling === undefined ? arriving : pooledGrid(arriving, inputPooling);
  const pooled = inputPooling === undefined ? {} : { inputPooling };
  if (neurons !== undefined) {
    return { ...denseLayer(name, { inputCount: cellCount(input), neuronCount: neurons }, neuron), ...pooled };
  }
  const { stride = 1, padding = 0, groups = 1, pooling } = shell;
  const shape = { input, channels, kernel, stride, padding, groups, ...pooled };
  return convLayer(name, pooling === undefined ? shape : { ...shape, pooling }, neuron);
}

/** Neurons of a dense layer as a convolution above sees them: four rows. */
function asPixels(neuronCount: number): Grid {
  return neuronCount % 12 === 0
    ? { rows: 4, columns: neuronCount / 12, channels: 3 }
    : { rows: 1, columns: 1, channels: neuronCount };
}
