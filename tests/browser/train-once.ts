// One training step of a small network, as numbers that must be the same wherever it runs.
import { hashBytes, hashValue, randomStream } from "../../src/base/index.ts";
import { wasmBackendOn } from "../../src/compute/index.ts";
import { denseLayer, withArrays, type Network } from "../../src/model/network/index.ts";
import { neuronSpec } from "../../src/model/neuron/index.ts";
import type { Threads } from "../../src/platform/index.ts";

export interface TrainingHashes {
  readonly spikes: string;
  readonly gradients: string;
  /** Of the modules that were compiled. */
  readonly modules: readonly string[];
}

export async function trainOnce(threads: Threads, threadCount: number): Promise<TrainingHashes> {
  const modules: string[] = [];
  const compile = WebAssembly.compile;
  WebAssembly.compile = (bytes) => {
    modules.push(hashBytes(new Uint8Array(bytes as Uint8Array<ArrayBuffer>)));
    return compile(bytes);
  };
  try {
    using executor = await wasmBackendOn(threads).compile(smallNetwork(), {
      surrogate: { kind: "fastSigmoid", slope: 25 },
      detachReset: true,
      maxSampleCount: 9,
      threadCount,
    });
    const random = randomStream(6, "input");
    const values = Uint8Array.from({ length: 6 * 9 * 70 }, () => (random.uniform() < 0.2 ? 1 : 0));
    const { outputs } = await executor.forward({ kind: "bytes", values, sampleCount: 9 }, { training: true });
    await executor.backward({ outputs: outputs.map((n, i) => n - (i % 4)) });
    const spikes = [0, 1].map((layer) => executor.spikesOf(layer).words);
    return { spikes: hashValue(spikes), gradients: hashValue(executor.read("gradients")), modules };
  } finally {
    WebAssembly.compile = compile;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function smallNetwork(): Network {
  const random = randomStream(5, "browser");
  const neuron = neuronSpec("lif", { decay: 0.9 });
  const layers = [
    denseLayer("hidden", { inputCount: 70, neuronCount: 100, recurrent: true }, neuron),
    denseLayer("output", { inputCount: 100, neuronCount: 10 }, neuron),
  ];
  const network: Network = {
    kind: "network",
    name: "browser",
    inputCount: 70,
    stepCount: 6,
    layers,
    readout: { kind: "count" },
  };
  const fill = (array: Float32Array): Float32Array => array.map(() => random.normal() * 0.3);
  return withArrays(
    network,
    layers.map(({ weights, recurrentWeights }) => ({
      weights: fill(weights.data),
      ...(recurrentWeights === undefined ? {} : { recurrentWeights: fill(recurrentWeights.data) }),
    })),
  );
}
