// V8 can join neighboring 128-bit vectors to 256 bits. That is an experiment of its authors, so it is used only where a small
// network gives the same bits with it as without.

import { assertDefined, randomStream } from "../../base/index.ts";
import { denseLayer, type Layer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";
import type { CompileOptions, Executor, LayerArrays, NetworkInput } from "../backend.ts";

const sampleCount = 3;

/**
 * Spikes, gradients and updated weights of a small network.
 * @param version  Versions differ in the batch that they could hold: V8 compiles equal bytes only once.
 */
export async function runSelfCheck(
  compile: (network: Network, options: CompileOptions) => Promise<Executor>,
  version: "plain" | "joined",
): Promise<readonly number[]> {
  const network = smallNetwork();
  using executor = await compile(network, {
    surrogate: { kind: "fastSigmoid", slope: 25 },
    detachReset: true,
    maxSampleCount: version === "plain" ? sampleCount : sampleCount + 1,
    optimizer: { kind: "adam" },
    threadCount: 1,
    // The recurrent layer gathers events all the same, so that both ways are checked.
    method: "tables",
  });
  const { outputs } = await executor.forward(smallInput(network), { training: true });
  await executor.backward({ outputs: outputs.map((value, i) => value - (i % 3)) });
  const gradients = executor.read("gradients");
  executor.update({ learningRate: 1e-2, step: 1 });
  return [...outputs, ...[...gradients, ...executor.read("weights")].flatMap(numbers)];
}

/** Whether two results are the same numbers, bit for bit. */
export function sameBits(expected: readonly number[], actual: readonly number[]): boolean {
  return expected.length === actual.length && expected.every((value, i) => Object.is(value, actual[i]));
}

// ---------------------------------------------------------------------------------------------------------------------

function smallNetwork(): Network {
  const sizes = [40, 45, 33, 10];
  const neuron = neuronSpec("lif", { decay: 0.9 });
  const random = randomStream(7, "self-check");
  const layers = sizes.slice(1).map((neuronCount, l): Layer => {
    const shape = { inputCount: assertDefined(sizes[l], "size"), neuronCount, recurrent: l === 0 };
    const layer = denseLayer(`layer${l}`, shape, neuron);
    for (const array of [layer.weights, layer.recurrentWeights]) {
      array?.data.forEach((_, i, data) => (data[i] = random.normal() * 0.4));
    }
    return { ...layer, bias: tensor([neuronCount]) };
  });
  return { kind: "network", name: "self-check", inputCount: 40, stepCount: 5, layers, readout: { kind: "count" } };
}

function smallInput(network: Network): NetworkInput {
  const random = randomStream(8, "self-check");
  const length = network.stepCount * sampleCount * network.inputCount;
  return { kind: "bytes", sampleCount, values: Uint8Array.from({ length }, () => (random.uniform() < 0.4 ? 1 : 0)) };
}

function numbers({ weights, bias, recurrentWeights }: LayerArrays): number[] {
  return [...weights, ...(bias ?? []), ...(recurrentWeights ?? [])];
}
