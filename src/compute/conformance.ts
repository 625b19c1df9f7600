// Every back end against the reference: spikes bit for bit, gradients to a relative 1e-5 (sums run in another order).

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../base/index.ts";
import { layerColumns, layerInputCount, recurrentWeightsOf, type Layer, type Network } from "../model/network/index.ts";
import { hasSpike, setSpike, spikeTrain, tensor, type Quantizer, type Tensor } from "../model/tensor/index.ts";
import {
  momentKinds,
  type ArrayKind,
  type Backend,
  type Executor,
  type ForwardResult,
  type LayerArrays,
  type NetworkInput,
  type OutputGradient,
} from "./backend.ts";
import type { UpdateStep } from "./optimizer.ts";
import type { Choices, NetworkCase } from "./conformance-case.ts";
import { denseCases } from "./conformance-dense.ts";
import { gridCases } from "./conformance-grids.ts";
import { referenceBackend } from "./reference/reference.ts";

/** Hold a back end to the reference. */
export function testBackend(backend: Backend): void {
  const all = [...denseCases, ...gridCases];
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
    executor.setTransform(l, "weights", { mask: mask(layer.weights), quantizer: grids[l % grids.length]!(layer) });
    if (recurrentWeightsOf(layer) === undefined) return;
    executor.setTransform(l, "recurrentWeights", { quantizer: { bits: 3, scale: 0.25, zeroPoint: -2 } });
  });
}

/** Every kind of grid; scales of channels are powers of two, so that a rounding of 32 bits is none. */
const grids: readonly ((layer: Layer) => Quantizer)[] = [
  (layer) => {
    const channelScales = Float32Array.from({ length: layerColumns(layer) }, (_, c) => 2 ** -(2 + (c % 3)));
    return { bits: 4, scale: 0.25, channelScales };
  },
  () => ({ bits: 1, scale: 0.25 }),
  () => ({ bits: 3, scale: 0.125, zeroPoint: 1 }),
];

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
