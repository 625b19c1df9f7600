// V8 can join neighboring 128-bit vectors to 256 bits. That is an experiment of its authors, so it is used only where a small
// network gives the same bits with it as without.

import { randomStream } from "../../base/index.ts";
import {
  convLayer,
  denseLayer,
  listArrays,
  normalizeLayer,
  recurrentWeightsOf,
  type Layer,
  type Network,
} from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";
import type { CompileOptions, Executor, NetworkInput } from "../backend.ts";

const sampleCount = 3;

/**
 * Spikes, gradients and updated weights of two small networks.
 * @param version  Versions differ in the batch that they could hold: V8 compiles equal bytes only once.
 */
export async function runSelfCheck(
  compile: (network: Network, options: CompileOptions) => Promise<Executor>,
  version: "plain" | "joined",
): Promise<readonly number[]> {
  const results: number[] = [];
  // Recurrent and convolutional layers gather events all the same, so that both ways are checked.
  for (const network of [smallNetwork(denseLayers()), smallNetwork(gridLayers())]) {
    using executor = await compile(network, {
      surrogate: { kind: "fastSigmoid", slope: 25 },
      detachReset: true,
      maxSampleCount: version === "plain" ? sampleCount : sampleCount + 1,
      optimizer: { kind: "adam" },
      threadCount: 1,
      method: "tables",
    });
    const { outputs } = await executor.forward(smallInput(network), { training: true });
    await executor.backward({ outputs: outputs.map((value, i) => value - (i % 3)) });
    const gradients = executor.read("gradients");
    executor.update({ learningRate: 1e-2, step: 1 });
    results.push(
      ...outputs,
      ...[...gradients, ...executor.read("weights")].flatMap((arrays) =>
        listArrays(arrays).flatMap((array) => [...array]),
      ),
    );
  }
  return results;
}

/** Whether two results are the same numbers, bit for bit. */
export function sameBits(expected: readonly number[], actual: readonly number[]): boolean {
  return expected.length === actual.length && expected.every((value, i) => Object.is(value, actual[i]));
}

// ---------------------------------------------------------------------------------------------------------------------

const inputCount = 40;
const neuron = neuronSpec("lif", { decay: 0.9 });

function denseLayers(): readonly Layer[] {
  return [
    denseLayer("layer0", { inputCount, neuronCount: 45, recurrent: true }, neuron),
    denseLayer("layer1", { inputCount: 45, neuronCount: 33 }, neuron),
    denseLayer("layer2", { inputCount: 33, neuronCount: 10 }, neuron),
  ];
}

function gridLayers(): readonly Layer[] {
  const pooling = { kind: "max", size: 2, stride: 1 } as const;
  const first = convLayer(
    "layer0",
    { input: { rows: 5, columns: 8, channels: 1 }, channels: 12, kernel: 2, pooling },
    neuron,
  );
  const second = normalizeLayer(convLayer("layer1", { input: first.output, channels: 33, kernel: 2 }, neuron));
  return [first, second, denseLayer("layer2", { inputCount: second.neuronCount, neuronCount: 10 }, neuron)];
}

function smallNetwork(shells: readonly Layer[]): Network {
  const random = randomStream(7, "self-check");
  const layers = shells.map((layer): Layer => {
    for (const array of [layer.weights, recurrentWeightsOf(layer)]) {
      array?.data.forEach((_, i, data) => (data[i] = random.normal() * 0.4));
    }
    return { ...layer, bias: tensor([layer.weights.shape.at(-1) ?? 0]) };
  });
  return { kind: "network", name: "self-check", inputCount, stepCount: 5, layers, readout: { kind: "count" } };
}

function smallInput(network: Network): NetworkInput {
  const random = randomStream(8, "self-check");
  const length = network.stepCount * sampleCount * network.inputCount;
  return { kind: "bytes", sampleCount, values: Uint8Array.from({ length }, () => (random.uniform() < 0.4 ? 1 : 0)) };
}
