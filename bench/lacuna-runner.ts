// Our side of the engine's benchmark. Spikes lie in memory as bytes; packing them, making lists of them and turning those around is
// inside the time.
import { wasmBackendOn, type Executor, type ForwardResult, type NetworkInput } from "../src/compute/index.ts";
import { batchLoss } from "../src/learning/index.ts";
import type { Network } from "../src/model/network/index.ts";
import type { Threads } from "../src/platform/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import type { BenchRunner, Mode } from "./bench-runner.ts";
import { engineOptions, packedSpikes, workloadBatch, workloads, type WorkloadName } from "./workloads.ts";

/** Memory and methods of the workload that is prepared. */
export interface EngineReport {
  readonly megabytes: number;
  /** How each layer summed, and the share of its inputs that fired. */
  readonly layers: readonly { readonly method: string; readonly density: number }[];
}

export class LacunaRunner implements BenchRunner {
  readonly name: string;
  readonly #change: (network: Network) => Network;
  readonly #isPacked: boolean;
  readonly #threads: Threads;
  #network: Network | undefined;
  #executor: Executor | undefined;
  #input: NetworkInput | undefined;
  #labels: Uint8Array = new Uint8Array(0);
  #mode: Mode = "infer";
  #step = 0;
  #last: ForwardResult | undefined;

  /**
   * @param change    Makes another network of the workload's.
   * @param isPacked  Spikes lie in memory as bits already.
   * @param threads   Where its threads come from.
   */
  constructor(
    name = "Lacuna",
    change = (network: Network): Network => network,
    isPacked = false,
    threads: Threads = nodePlatform.threads,
  ) {
    this.#threads = threads;
    this.name = name;
    this.#change = change;
    this.#isPacked = isPacked;
  }

  async prepare(name: WorkloadName, mode: Mode, density: number, threads: number): Promise<ArrayLike<number>> {
    this.#executor?.[Symbol.dispose]();
    const workload = workloads[name];
    this.#network = this.#change(workload.network());
    this.#mode = mode;
    this.#step = 0;
    this.#executor = await wasmBackendOn(this.#threads).compile(this.#network, {
      ...engineOptions,
      maxSampleCount: workload.batchSize,
      threadCount: threads,
    });
    const batch = workloadBatch(workload, this.#network, density);
    this.#input = this.#isPacked
      ? { kind: "spikes", spikes: packedSpikes(batch, this.#network) }
      : { kind: "bytes", values: batch.values, sampleCount: batch.sampleCount };
    this.#labels = batch.labels;
    const { outputs } = await this.#executor.forward(this.#input, { training: false });
    // V8 compiles twice, quickly and then well: wait for the second.
    const warmUp = performance.now() + 300;
    while (performance.now() < warmUp) await this.run();
    return outputs;
  }

  async run(): Promise<{ readonly seconds: number }> {
    const [network, executor, input] = [this.#network, this.#executor, this.#input];
    if (network === undefined || executor === undefined || input === undefined) throw new Error("not prepared");
    const started = performance.now();
    this.#last = await executor.forward(input, { training: this.#mode === "train" });
    if (this.#mode === "train") {
      const { gradient } = batchLoss(network, { kind: "cross-entropy" }, this.#last, this.#labels);
      this.#step++;
      await executor.backward(gradient, { update: { learningRate: 1e-3, step: this.#step } });
    }
    return { seconds: (performance.now() - started) / 1000 };
  }

  report(): EngineReport {
    const layers = this.#last?.activity.map(({ method, inputDensity }) => ({ method, density: inputDensity })) ?? [];
    return { megabytes: (this.#executor?.memoryBytes ?? 0) / 1e6, layers };
  }

  close(): void {
    this.#executor?.[Symbol.dispose]();
  }
}
