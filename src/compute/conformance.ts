// Every back end against the reference: spikes bit for bit, gradients to a relative 1e-5 (sums run in another order).

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../base/index.ts";
import { denseLayer, layerInputCount, recurrentWeightsOf, type Layer, type Network } from "../model/network/index.ts";
import {
  neuronModels,
  neuronSpec,
  sendsBits,
  type NeuronModelName,
  type NeuronSpec,
  type Reset,
  type Variant,
} from "../model/neuron/index.ts";
import { hasSpike, setSpike, spikeTrain, tensor, type Tensor } from "../model/tensor/index.ts";
import {
  momentKinds,
  type ArrayKind,
  type Backend,
  type Executor,
  type ForwardResult,
  type LayerArrays,
  type NetworkInput,
  type OutputGradient,
  type Surrogate,
} from "./backend.ts";
import type { UpdateStep } from "./optimizer.ts";
import type { Choices, NetworkCase } from "./conformance-case.ts";
import { gridCases } from "./conformance-grids.ts";
import { referenceBackend } from "./reference/reference.ts";
import { surrogateDefinitions, type SurrogateName } from "./surrogates/index.ts";

interface Case extends Choices {
  readonly title: string;
  readonly sizes: readonly number[];
  readonly neurons: readonly NeuronSpec[];
  readonly recurrent?: boolean;
}

const lif = neuronSpec("lif");
/** Models whose spikes are bits: others run in the reference back end only. */
const bitModels = (Object.keys(neuronModels) as NeuronModelName[]).filter((model) =>
  sendsBits(neuronModels[model]({ kind: "zero" })),
);
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
  ...(Object.keys(surrogateDefinitions) as SurrogateName[]).map((kind): Case => ({
    title: `surrogate ${kind}`,
    sizes: [9, 12, 3],
    neurons: [lif, lif],
    surrogate: { kind },
  })),
  ...bitModels.map((model): Case => {
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

/** Hold a back end to the reference. */
export function testBackend(backend: Backend): void {
  const all = [...cases.map(denseNetwork), ...gridCases];
  all.forEach((item, seed) => {
    test(`${backend.name} equals the reference: ${item.title}`, async () => {
      const network = randomNetwork(item, seed);
      const options = {
        surrogate: item.surrogate ?? { kind: "fastSigmoid", slope: 5 },
        detachReset: item.detachReset ?? true,
        maxSampleCount: 8,
        optimizer: item.optimizer ?? { kind: "adam" },
        perStep: item.perStep ?? false,
        method: item.method ?? "events",
        transforms: item.transforms ?? false,
        ...(item.stepsPerPart === undefined ? {} : { stepsPerPart: item.stepsPerPart }),
      } as const;
      using expected = await referenceBackend.compile(network, options);
      using actual = await backend.compile(network, options);
      const input = randomInput(item, network, seed);
      if (item.transforms === true) for (const executor of [expected, actual]) setTransforms(executor, network);
      for (let pass = 0; pass < 2; pass++) {
        const want = await expected.forward(input, { training: true });
        const got = await actual.forward(input, { training: true });
        assert.deepEqual(got.outputs, want.outputs);
        assert.deepEqual(got.perStep, want.perStep);
        network.layers.forEach((_, l) => {
          assert.deepEqual(actual.spikesOf(l), expected.spikesOf(l));
          assert.deepEqual(actual.spikeCountsOf(l), expected.spikeCountsOf(l));
          assert.equal(got.activity[l]!.spikeCount, want.activity[l]!.spikeCount);
          assert.equal(got.activity[l]!.inputDensity, want.activity[l]!.inputDensity);
        });
        const gradient = randomGradient(want, expected, network);
        await expected.backward(gradient);
        await actual.backward(gradient);
        assertLayersClose(actual.read("gradients"), expected.read("gradients"));
        const inferred = await actual.forward(input, { training: false });
        assert.deepEqual(inferred.outputs, want.outputs);
        await learnAlike(expected, actual, { input, gradient, pass, learningRate: item.learningRate ?? 1e-3 });
      }
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function denseNetwork({ neurons, sizes, recurrent, ...rest }: Case): NetworkCase {
  const layers = neurons.map((neuron, l) =>
    denseLayer(
      `layer${l}`,
      { inputCount: sizes[l]!, neuronCount: sizes[l + 1]!, recurrent: recurrent === true && l === 0 },
      neuron,
    ),
  );
  return { ...rest, inputCount: sizes[0]!, layers };
}

function randomNetwork(item: NetworkCase, seed: number): Network {
  const random = randomStream(seed, "network");
  const fill = (values: Float32Array, scale = 1): void => {
    for (let i = 0; i < values.length; i++) {
      const value = scale * (0.5 * random.normal() + 0.15);
      values[i] = item.grid === true ? Math.round(64 * value) / 64 : value;
    }
  };
  const layers = item.layers.map((layer): Layer => {
    const columns = layer.weights.shape.at(-1)!;
    // Convolutions of many inputs would fire at every step.
    const fanIn = layer.weights.data.length / columns;
    fill(layer.weights.data, layer.kind === "conv" ? Math.min(1, 3 / Math.sqrt(fanIn)) : 1);
    const recurrent = recurrentWeightsOf(layer);
    if (recurrent !== undefined) fill(recurrent.data);
    const bias = tensor([columns]);
    if (item.bias === true) fill(bias.data);
    const own = (low: number): Tensor =>
      tensor(
        [layer.neuronCount],
        new Float32Array(layer.neuronCount).map(() => low + 0.4 * random.uniform()),
      );
    return {
      ...layer,
      ...(item.bias === true ? { bias } : {}),
      ...(item.perNeuron === true ? { neuronParameters: { decay: own(0.5), threshold: own(0.8) } } : {}),
    };
  });
  return {
    kind: "network",
    name: "conformance",
    inputCount: item.inputCount,
    stepCount: item.stepCount ?? 5,
    layers,
    readout: item.readout ?? { kind: "count" },
  };
}

function randomInput(item: Choices, network: Network, seed: number): NetworkInput {
  const random = randomStream(seed, "input");
  const sampleCount = item.samples ?? 6;
  const inputCount = layerInputCount(network, 0);
  if (item.direct === true) {
    return {
      kind: "direct",
      sampleCount,
      values: Float32Array.from({ length: sampleCount * inputCount }, () => random.uniform()),
    };
  }
  const spikes = spikeTrain({ stepCount: network.stepCount, sampleCount, neuronCount: inputCount });
  for (let step = 0; step < network.stepCount; step++) {
    for (let sample = 0; sample < sampleCount; sample++) {
      for (let n = 0; n < inputCount; n++)
        if (random.uniform() < (item.density ?? 0.3)) setSpike(spikes, step, sample, n);
    }
  }
  if (item.bytes !== true) return { kind: "spikes", spikes };
  const values = new Uint8Array(network.stepCount * sampleCount * inputCount);
  values.forEach((_, i) => {
    const row = Math.floor(i / inputCount);
    const fires = hasSpike(spikes, Math.floor(row / sampleCount), row % sampleCount, i % inputCount);
    values[i] = fires ? 1 + (i % 255) : 0;
  });
  return { kind: "bytes", values, sampleCount };
}

function randomGradient(forward: ForwardResult, executor: Executor, network: Network): OutputGradient {
  const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * 7) % 5) - 2);
  const perStep = forward.perStep?.spikes.length;
  return {
    outputs: wave(forward.outputs.length),
    layerSpikes: network.layers.map((_, l) => executor.spikeCountsOf(l).map((n) => 0.01 * n)),
    ...(perStep === undefined ? {} : { spikes: wave(perStep), potentials: wave(perStep).map((g) => 0.1 * g) }),
  };
}

function setTransforms(executor: Executor, network: Network): void {
  network.layers.forEach((layer, l) => {
    const mask = (array: Tensor): Uint8Array => Uint8Array.from(array.data, (_, i) => (i % 3 === 0 ? 0 : 1));
    executor.setTransform(l, "weights", { mask: mask(layer.weights), quantizer: { bits: 4, scale: 0.125 } });
    if (recurrentWeightsOf(layer) === undefined) return;
    executor.setTransform(l, "recurrentWeights", { quantizer: { bits: 3, scale: 0.25 } });
  });
}

/** Learning after the backward pass follows the reference; learning on the way gives the same bits; new weights arrive. */
async function learnAlike(
  expected: Executor,
  actual: Executor,
  batch: {
    readonly input: NetworkInput;
    readonly gradient: OutputGradient;
    readonly pass: number;
    readonly learningRate: number;
  },
): Promise<void> {
  const kinds: readonly ArrayKind[] = ["masters", ...momentKinds];
  const update = { learningRate: batch.learningRate, step: batch.pass + 1 };
  // From equal gradients, because an optimizer that divides by their size makes a step of the last digit of a vanishing one.
  actual.write("gradients", expected.read("gradients"));
  const before = kinds.map((kind) => actual.read(kind));
  for (const executor of [expected, actual]) executor.update(update);
  if (batch.learningRate > 1) assertDecaysReachTheirLimit(actual);
  for (const kind of kinds) assertLayersClose(actual.read(kind), expected.read(kind), 1e-6);
  const learn = async (options: { readonly update?: UpdateStep }): Promise<void> => {
    kinds.forEach((kind, i) => actual.write(kind, before[i]!));
    await actual.forward(batch.input, { training: true });
    await actual.backward(batch.gradient, options);
  };
  await learn({});
  actual.update(update);
  const apart = kinds.map((kind) => actual.read(kind));
  await learn({ update });
  assert.deepEqual(
    kinds.map((kind) => actual.read(kind)),
    apart,
  );
  kinds.forEach((kind) => actual.write(kind, expected.read(kind)));
  const nudged = before[0]!.map((layer) => ({ ...layer, weights: layer.weights.map((w) => w * 0.75) }));
  for (const executor of [expected, actual]) executor.write("masters", nudged);
}

/** An update far beyond the range ends at its limit. */
function assertDecaysReachTheirLimit(executor: Executor): void {
  const decays = executor.read("masters").flatMap(({ neuronParameters }) => [...neuronParameters!["decay"]!]);
  assert.ok(decays.every((decay) => decay >= 0 && decay <= 1));
  assert.ok(decays.some((decay) => decay === 0 || decay === 1));
}

function assertLayersClose(got: readonly LayerArrays[], want: readonly LayerArrays[], tolerance = 1e-5): void {
  want.forEach((layer, l) => {
    const actual = got[l]!;
    assertClose(actual.weights, layer.weights, tolerance);
    if (layer.bias !== undefined) assertClose(actual.bias!, layer.bias, tolerance);
    if (layer.recurrentWeights !== undefined) assertClose(actual.recurrentWeights!, layer.recurrentWeights, tolerance);
    for (const [name, values] of Object.entries(layer.neuronParameters ?? {})) {
      assertClose(actual.neuronParameters![name]!, values, tolerance);
    }
  });
}

function assertClose(got: Float32Array, want: Float32Array, tolerance: number): void {
  const scale = want.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
  want.forEach((value, i) => {
    const difference = Math.abs(value - got[i]!);
    assert.ok(difference <= tolerance * scale, `element ${i}: expected ${value}, got ${got[i]}`);
  });
}
