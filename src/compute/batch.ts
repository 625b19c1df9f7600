import { UserError } from "../base/index.ts";
import type { Network } from "../model/network/index.ts";
import type { CompileOptions, NetworkInput } from "./backend.ts";

/** Samples of a batch. */
export function sampleCountOf(input: NetworkInput): number {
  return input.kind === "spikes" ? input.spikes.sampleCount : input.sampleCount;
}

/**
 * Check that a batch fits the compiled network.
 * @throws `compute/input-shape`, `compute/batch-size`
 */
export function checkInput(network: Network, options: CompileOptions, input: NetworkInput): void {
  const samples = sampleCountOf(input);
  if (samples < 1 || samples > options.maxSampleCount) {
    throw new UserError(
      "compute/batch-size",
      `network "${network.name}": expected a batch of 1…${options.maxSampleCount} samples, got ${samples}`,
    );
  }
  if (input.kind === "spikes") {
    const { stepCount, neuronCount } = input.spikes;
    if (stepCount === network.stepCount && neuronCount === network.inputCount) return;
    throw new UserError(
      "compute/input-shape",
      `network "${network.name}": expected spikes of ${network.stepCount} steps × ${network.inputCount} inputs, got ${stepCount} × ${neuronCount}`,
    );
  }
  if (input.values.length === samples * network.inputCount) return;
  throw new UserError(
    "compute/input-shape",
    `network "${network.name}": expected ${samples} × ${network.inputCount} values, got ${input.values.length}`,
  );
}
