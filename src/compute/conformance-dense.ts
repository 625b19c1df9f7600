// Networks of dense layers for the conformance suite: every neuron, reset, readout, method and optimizer in small.

import { assertDefined } from "../base/index.ts";
import { denseLayer } from "../model/network/index.ts";
import {
  neuronModels,
  neuronSpec,
  type NeuronModelName,
  type NeuronSpec,
  type Reset,
  type Variant,
} from "../model/neuron/index.ts";
import type { Surrogate } from "./backend.ts";
import type { Choices, NetworkCase } from "./conformance-case.ts";
import { surrogateDefinitions, type SurrogateName } from "./surrogates/index.ts";

interface Case extends Choices {
  readonly title: string;
  readonly sizes: readonly number[];
  readonly neurons: readonly NeuronSpec[];
  readonly recurrent?: boolean;
}

const lif = neuronSpec("lif");
const models = Object.keys(neuronModels) as NeuronModelName[];
/** Spikes that carry more than a bit. */
const graded = neuronSpec("gradedLif");
const many = neuronSpec("lif", { threshold: 0.4 }, { kind: "subtract" }, { spikes: "many", fires: "atLeast" });
const [subtract, zero, toValue] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.25 }] as const;
/** How frameworks order a step; see `Variant`. */
const variants: readonly (readonly [Variant, Reset, NeuronModelName?])[] = [
  [{ timing: "nextStep" }, subtract],
  [{ timing: "nextStep" }, zero],
  [{ timing: "nextStep", resetOf: "kept" }, zero],
  [{ timing: "undelayed" }, subtract],
  [{ timing: "undelayed", resetOf: "kept" }, zero],
  [{ timing: "spikeFirst" }, subtract],
  [{ timing: "spikeFirst", resetOf: "kept" }, subtract, "cubaLif"],
  [{ fires: "atLeast" }, toValue, "relaxingLif"],
  [{ fires: "atLeast", input: "whole" }, toValue, "parametricLif"],
  [{ isBounded: true, isScaled: true }, subtract],
  [{ levels: [-1, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5] }, subtract],
  [{ isSelfConnected: true }, zero],
  [{ current: "decaysTogether" }, zero, "cubaLif"],
  [{ startsHalfway: true }, subtract, "integrateFire"],
  [{ isGraded: true }, subtract],
  [{ spikes: "many" }, subtract],
  [{ spikes: "many", mostSpikes: 2, isBounded: true }, subtract],
];
const arctan: Surrogate = { kind: "arctan", alpha: 2 };
const cases: readonly Case[] = [
  { title: "sizes that fill no tile", sizes: [13, 19, 5], neurons: [lif, lif] },
  { title: "exact tiles", sizes: [32, 32, 16], neurons: [lif, lif], surrogate: arctan },
  { title: "three layers", sizes: [20, 17, 33, 4], neurons: [lif, lif, lif], detachReset: false },
  {
    title: "integrate-and-fire",
    sizes: [9, 12, 3],
    neurons: [neuronSpec("integrateFire"), neuronSpec("integrateFire")],
  },
  { title: "adaptive", sizes: [9, 12, 3], neurons: [neuronSpec("alif"), lif], detachReset: false },
  { title: "current-based", sizes: [9, 12, 3], neurons: [neuronSpec("cubaLif"), neuronSpec("cubaLif")] },
  {
    title: "reset to zero",
    sizes: [9, 12, 3],
    neurons: [neuronSpec("lif", {}, { kind: "zero" }), lif],
    detachReset: false,
  },
  {
    title: "reset to a value",
    sizes: [9, 12, 3],
    neurons: [neuronSpec("lif", {}, { kind: "value", value: -0.25 }), lif],
  },
  { title: "recurrent", sizes: [11, 18, 4], neurons: [lif, lif], recurrent: true },
  { title: "recurrent in several tiles", sizes: [21, 70, 40], neurons: [lif, lif], recurrent: true, samples: 5 },
  { title: "recurrent last layer", sizes: [21, 20], neurons: [lif], recurrent: true },
  { title: "many tiles", sizes: [70, 100, 64, 33], neurons: [lif, lif, lif], bias: true },
  { title: "spikes as bytes", sizes: [45, 18, 4], neurons: [lif, lif], bytes: true },
  {
    title: "decay and threshold of each neuron",
    sizes: [20, 37, 4],
    neurons: [lif, lif],
    perNeuron: true,
    detachReset: false,
  },
  {
    title: "what neurons learn stays in its range",
    sizes: [20, 37, 4],
    neurons: [lif, lif],
    perNeuron: true,
    optimizer: { kind: "sgd", momentum: 0.9 },
    learningRate: 30,
  },
  { title: "gradients at every step", sizes: [20, 18, 4], neurons: [lif, lif], perStep: true },
  {
    title: "masked and quantized",
    sizes: [20, 37, 4],
    neurons: [lif, lif],
    transforms: true,
    recurrent: true,
    bias: true,
  },
  { title: "part by part", sizes: [20, 37, 4], neurons: [lif, lif], bias: true, stepCount: 8, stepsPerPart: 3 },
  {
    title: "part by part, recurrent, several states",
    sizes: [20, 40, 4],
    neurons: [neuronSpec("alif"), neuronSpec("cubaLif")],
    recurrent: true,
    stepCount: 8,
    stepsPerPart: 3,
    detachReset: false,
  },
  {
    title: "part by part, every step",
    sizes: [20, 37, 4],
    neurons: [lif, lif],
    perStep: true,
    stepCount: 7,
    stepsPerPart: 2,
    bytes: true,
  },
  {
    title: "part by part, direct input, membrane",
    sizes: [20, 37, 4],
    neurons: [lif, neuronSpec("leakyIntegrator")],
    readout: { kind: "membrane" },
    direct: true,
    stepCount: 6,
    stepsPerPart: 4,
  },
  { title: "momentum", sizes: [9, 12, 3], neurons: [lif, lif], bias: true, optimizer: { kind: "sgd", momentum: 0.9 } },
  {
    title: "Nesterov",
    sizes: [9, 12, 3],
    neurons: [lif, lif],
    optimizer: { kind: "sgd", momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  },
  { title: "decoupled decay", sizes: [9, 12, 3], neurons: [lif, lif], optimizer: { kind: "adamw" } },
  {
    title: "centered RMSprop with momentum",
    sizes: [9, 12, 3],
    neurons: [lif, lif],
    optimizer: { kind: "rmsprop", isCentered: true, momentum: 0.5 },
  },
  { title: "RMSprop", sizes: [9, 12, 3], neurons: [lif, lif], recurrent: true, optimizer: { kind: "rmsprop" } },
  { title: "bias", sizes: [11, 18, 4], neurons: [lif, lif], bias: true },
  { title: "direct input with bias", sizes: [11, 18, 4], neurons: [lif, lif], direct: true, bias: true },
  {
    title: "membrane readout",
    sizes: [11, 18, 4],
    neurons: [lif, neuronSpec("leakyIntegrator")],
    readout: { kind: "membrane" },
  },
  { title: "highest potential", sizes: [11, 18, 4], neurons: [lif, lif], readout: { kind: "membraneMax" } },
  {
    title: "mean potential, every step",
    sizes: [11, 18, 4],
    neurons: [lif, lif],
    perStep: true,
    readout: { kind: "membraneMean" },
  },
  { title: "first spike", sizes: [11, 18, 4], neurons: [lif, lif], readout: { kind: "firstSpike" } },
  { title: "votes of counts", sizes: [11, 18, 6], neurons: [lif, lif], readout: { kind: "count", neuronsPerClass: 3 } },
  {
    title: "votes of first spikes, part by part",
    sizes: [11, 18, 6],
    neurons: [lif, lif],
    stepsPerPart: 2,
    readout: { kind: "firstSpike", neuronsPerClass: 2 },
  },
  { title: "one step, one sample", sizes: [11, 18, 4], neurons: [lif, lif], stepCount: 1, samples: 1 },
  { title: "silent input", sizes: [11, 18, 4], neurons: [lif, lif], density: 0 },
  { title: "tables, dense input", sizes: [37, 18, 4], neurons: [lif, lif], method: "tables", grid: true, density: 0.6 },
  {
    title: "tables, several tiles and words",
    sizes: [133, 70, 33],
    neurons: [lif, lif],
    method: "tables",
    grid: true,
    bias: true,
    samples: 7,
    stepCount: 9,
  },
  { title: "tables, silent input", sizes: [37, 18, 4], neurons: [lif, lif], method: "tables", grid: true, density: 0 },
  { title: "graded spikes through several layers", sizes: [19, 37, 70, 5], neurons: [graded, many, many], bias: true },
  {
    title: "graded spikes, tables asked for",
    sizes: [37, 40, 5],
    neurons: [graded, lif],
    method: "tables",
    grid: true,
  },
  { title: "graded spikes into themselves", sizes: [11, 37, 4], neurons: [graded, lif], recurrent: true },
  { title: "several spikes of a recurrent last layer", sizes: [21, 20], neurons: [many], recurrent: true },
  {
    title: "graded spikes, part by part",
    sizes: [20, 40, 4],
    neurons: [graded, graded],
    recurrent: true,
    stepCount: 8,
    stepsPerPart: 3,
    perStep: true,
  },
  {
    title: "sums of graded spikes, part by part",
    sizes: [20, 17, 4],
    neurons: [many, graded],
    stepCount: 7,
    stepsPerPart: 3,
  },
  { title: "first graded spike", sizes: [11, 18, 4], neurons: [many, graded], readout: { kind: "firstSpike" } },
  ...(Object.keys(surrogateDefinitions) as SurrogateName[]).map((kind): Case => ({
    title: `surrogate ${kind}`,
    sizes: [9, 12, 3],
    neurons: [lif, lif],
    surrogate: { kind },
  })),
  ...models.map((model): Case => {
    const fires = neuronModels[model]({ kind: "zero" }).spike.op !== "constant";
    const neuron = neuronSpec(model, {}, { kind: "zero" });
    return {
      title: `model ${model}`,
      sizes: fires ? [9, 12, 3] : [9, 3],
      neurons: fires ? [neuron, lif] : [neuron],
      ...(fires ? {} : { readout: { kind: "membrane" } as const }),
      detachReset: false,
    };
  }),
  ...variants.map(([variant, reset, model = "lif"]): Case => ({
    title: `variant ${JSON.stringify(variant).slice(0, 60)}, reset ${reset.kind}`,
    sizes: [9, 12, 3],
    neurons: [neuronSpec(model, {}, reset, variant), lif],
    detachReset: false,
  })),
  { title: "all inputs firing", sizes: [11, 18, 4], neurons: [lif, lif], density: 1 },
];

export const denseCases: readonly NetworkCase[] = cases.map(({ neurons, sizes, recurrent, ...rest }) => {
  const layers = neurons.map((neuron, l) => {
    const [inputCount, neuronCount] = [assertDefined(sizes[l], "size"), assertDefined(sizes[l + 1], "size")];
    return denseLayer(`layer${l}`, { inputCount, neuronCount, recurrent: recurrent === true && l === 0 }, neuron);
  });
  return { ...rest, inputCount: assertDefined(sizes[0], "size"), layers };
});
