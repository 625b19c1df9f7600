// A peer's side of the engine's benchmark. It gets our network and our input, so that both sides do the same work.
import type { Layer, Network } from "../src/model/network/index.ts";
import type { Tensor } from "../src/model/tensor/index.ts";
import type { BenchRunner, Mode } from "./bench-runner.ts";
import type { PeerName, PeerProcess } from "./peer-process.ts";
import { engineOptions, workloadBatch, workloads, type WorkloadName } from "./workloads.ts";

export class PeerRunner implements BenchRunner {
  readonly name: PeerName;
  readonly #process: PeerProcess;
  #threads = 1;

  constructor(name: PeerName, process: PeerProcess) {
    this.name = name;
    this.#process = process;
  }

  async prepare(name: WorkloadName, mode: Mode, density: number, threads: number): Promise<ArrayLike<number>> {
    this.#threads = threads;
    const network = workloads[name].network();
    const { values, labels, sampleCount } = workloadBatch(workloads[name], network, density);
    const workload = {
      stepCount: network.stepCount,
      sampleCount,
      input: Buffer.from(values).toString("base64"),
      labels: [...labels],
      slope: engineOptions.surrogate.kind === "fastSigmoid" ? engineOptions.surrogate.slope : undefined,
      layers: network.layers.map((layer, index) => describe(layer, network, index)),
    };
    const request = { do: "prepare", peer: this.name, mode, threads, workload };
    const { outputs } = await this.#process.request<{ readonly outputs: readonly number[] }>(request);
    for (let i = 0; i < 2; i++) await this.run();
    return outputs;
  }

  async run(): Promise<{ readonly seconds: number }> {
    return this.#process.request({ do: "run", peer: this.name, threads: this.#threads });
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function describe(layer: Layer, network: Network, index: number): unknown {
  const below = network.layers[index - 1];
  const { kind, weights, bias } = layer;
  const common = { kind, weights: encode(weights), bias: encode(bias), neuron: layer.neuron.parameters };
  if (layer.kind === "dense") {
    const { recurrentWeights } = layer;
    return {
      ...common,
      ...(below?.kind === "conv" ? { inputGrid: below.output } : {}),
      ...(recurrentWeights === undefined ? {} : { recurrentWeights: encode(recurrentWeights) }),
    };
  }
  const { input, stride, padding, groups, pooling, inputPooling } = layer;
  return { ...common, input, stride, padding, groups, pooling, inputPooling };
}

function encode(values: Tensor | undefined): unknown {
  if (values === undefined) throw new Error("the workloads' layers have biases");
  const { buffer, byteOffset, byteLength } = values.data;
  return { shape: values.shape, data: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
}
