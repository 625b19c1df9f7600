// Every back end against the reference: spikes bit for bit, gradients to a relative 1e-5 (sums run in another order).

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../base/index.ts";
import { denseLayer, layerInputCount, type DenseLayer, type Network } from "../model/network/index.ts";
import { neuronSpec, type NeuronSpec } from "../model/neuron/index.ts";
import { setSpike, spikeTrain, tensor } from "../model/tensor/index.ts";
import type { Backend, NetworkInput, Surrogate } from "./backend.ts";
import { referenceBackend } from "./reference/reference.ts";

interface Case {
  readonly title: string;
  readonly sizes: readonly number[];
  readonly neurons: readonly NeuronSpec[];
  readonly stepCount?: number;
  readonly samples?: number;
  readonly recurrent?: boolean;
  readonly bias?: boolean;
  readonly direct?: boolean;
  readonly membrane?: boolean;
  readonly density?: number;
  readonly surrogate?: Surrogate;
  readonly detachReset?: boolean;
}

const lif = neuronSpec("lif");
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
  { title: "bias", sizes: [11, 18, 4], neurons: [lif, lif], bias: true },
  { title: "direct input with bias", sizes: [11, 18, 4], neurons: [lif, lif], direct: true, bias: true },
  { title: "membrane readout", sizes: [11, 18, 4], neurons: [lif, neuronSpec("leakyIntegrator")], membrane: true },
  { title: "one step, one sample", sizes: [11, 18, 4], neurons: [lif, lif], stepCount: 1, samples: 1 },
  { title: "silent input", sizes: [11, 18, 4], neurons: [lif, lif], density: 0 },
  { title: "all inputs firing", sizes: [11, 18, 4], neurons: [lif, lif], density: 1 },
];

/** Hold a back end to the reference. */
export function testBackend(backend: Backend): void {
  cases.forEach((item, seed) => {
    test(`${backend.name} equals the reference: ${item.title}`, async () => {
      const network = randomNetwork(item, seed);
      const options = {
        surrogate: item.surrogate ?? { kind: "fastSigmoid", slope: 5 },
        detachReset: item.detachReset ?? true,
        maxSampleCount: 8,
      } as const;
      using expected = await referenceBackend.compile(network, options);
      using actual = await backend.compile(network, options);
      const input = randomInput(item, network, seed);
      for (let pass = 0; pass < 2; pass++) {
        const want = await expected.forward(input, { training: true });
        const got = await actual.forward(input, { training: true });
        assert.deepEqual(got.outputs, want.outputs);
        assert.deepEqual(got.spikeCounts, want.spikeCounts);
        network.layers.forEach((_, l) => assert.deepEqual(actual.spikesOf(l), expected.spikesOf(l)));
        const gradient = want.outputs.map((_, i) => ((i * 7) % 5) - 2);
        const regularizer = network.layers.map((_, l) => want.spikeCounts[l]?.map((n) => 0.01 * n));
        await expected.backward(gradient, regularizer);
        await actual.backward(gradient, regularizer);
        network.layers.forEach((_, l) => {
          const [w, g] = [expected.layers[l]!, actual.layers[l]!];
          assertClose(g.weightGradient, w.weightGradient);
          if (w.biasGradient !== undefined) assertClose(g.biasGradient!, w.biasGradient);
          if (w.recurrentGradient !== undefined) assertClose(g.recurrentGradient!, w.recurrentGradient);
        });
        const inferred = await actual.forward(input, { training: false });
        assert.deepEqual(inferred.outputs, want.outputs);
        nudge(expected, actual);
      }
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function randomNetwork(item: Case, seed: number): Network {
  const random = randomStream(seed, "network");
  const shell = item.neurons.map((neuron, l) =>
    denseLayer(
      `layer${l}`,
      { inputCount: item.sizes[l]!, neuronCount: item.sizes[l + 1]!, recurrent: item.recurrent === true && l === 0 },
      neuron,
    ),
  );
  const fill = (values: Float32Array): void => {
    for (let i = 0; i < values.length; i++) values[i] = 0.5 * random.normal() + 0.15;
  };
  const layers = shell.map((layer): DenseLayer => {
    fill(layer.weights.data);
    if (layer.recurrentWeights !== undefined) fill(layer.recurrentWeights.data);
    if (item.bias !== true) return layer;
    const bias = tensor([layer.neuronCount]);
    fill(bias.data);
    return { ...layer, bias };
  });
  return {
    kind: "network",
    name: "conformance",
    inputCount: item.sizes[0]!,
    stepCount: item.stepCount ?? 5,
    layers,
    readout: item.membrane === true ? { kind: "membrane" } : { kind: "count" },
  };
}

function randomInput(item: Case, network: Network, seed: number): NetworkInput {
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
  return { kind: "spikes", spikes };
}

function assertClose(got: Float32Array, want: Float32Array): void {
  const scale = want.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
  want.forEach((value, i) => {
    const difference = Math.abs(value - got[i]!);
    assert.ok(difference <= 1e-5 * scale, `element ${i}: expected ${value}, got ${got[i]}`);
  });
}

/** Change the weights of both alike, so that the second pass proves that the change arrives. */
function nudge(a: Awaited<ReturnType<Backend["compile"]>>, b: Awaited<ReturnType<Backend["compile"]>>): void {
  for (const executor of [a, b]) {
    for (const { weights } of executor.layers) weights.forEach((w, i) => (weights[i] = w * 0.75));
    executor.weightsChanged();
  }
}
