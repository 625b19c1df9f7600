// What a benchmark of the engine runs: ours and the peers, behind one interface, so that their runs can be interleaved.
import type { WorkloadName } from "./workloads.ts";

export type Mode = "train" | "infer";

export interface BenchRunner {
  readonly name: string;
  /**
   * Weights, input and optimizer of a workload, ready in memory.
   * @returns  Spike counts of the outputs before anything is learned. Shape [sample, class].
   */
  prepare(workload: WorkloadName, mode: Mode, density: number, threads: number): Promise<ArrayLike<number>>;
  /** One batch. */
  run(): Promise<{ readonly seconds: number; readonly note?: string }>;
}
