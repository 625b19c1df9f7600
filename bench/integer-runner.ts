// Inference with 8-bit weights, bit-exact with the golden model, as a side of the engine's benchmark.
import { assertDefined } from "../src/base/index.ts";
import { lowerNetwork, prepareGolden } from "../src/hardware/golden/index.ts";
import type { Network } from "../src/model/network/index.ts";
import { fitQuantizer, quantizeValue, spikesPerNeuron } from "../src/model/tensor/index.ts";
import type { BenchRunner, Mode } from "./bench-runner.ts";
import { packedSpikes, workloadBatch, workloads, type WorkloadName } from "./workloads.ts";

/** Weights on the grid of 8-bit quantizers, no biases: what floats and integers both run. */
export function onGrid(network: Network): Network {
  const layers = network.layers.map((layer) => {
    const quantizer = fitQuantizer(layer.weights.data, 8);
    const data = layer.weights.data.map((value) => quantizeValue(quantizer, value) * quantizer.scale);
    const { bias: _bias, ...rest } = layer;
    return { ...rest, weights: { ...layer.weights, data }, quantizer };
  });
  return { ...network, layers };
}

export class IntegerRunner implements BenchRunner {
  readonly name = "Lacuna, 8-bit integers";
  #run: (() => unknown) | undefined;

  async prepare(name: WorkloadName, mode: Mode, density: number): Promise<ArrayLike<number>> {
    if (mode === "train") throw new Error("integers do not learn");
    const network = onGrid(workloads[name].network());
    const golden = prepareGolden(lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 }));
    if (golden.obstacle !== undefined) throw new Error(golden.obstacle);
    const input = packedSpikes(workloadBatch(workloads[name], network, density), network);
    this.#run = () => golden.run(input);
    const warmUp = performance.now() + 300;
    while (performance.now() < warmUp) this.#run();
    return spikesPerNeuron(assertDefined(golden.run(input).layers.at(-1), "last layer"));
  }

  async run(): Promise<{ readonly seconds: number }> {
    const run = assertDefined(this.#run, "prepared");
    const started = performance.now();
    run();
    return { seconds: (performance.now() - started) / 1000 };
  }
}
