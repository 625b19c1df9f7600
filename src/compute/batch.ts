import { UserError } from "../base/index.ts";
import { delaysOf, type Network } from "../model/network/index.ts";
import { spikeTrain, type SpikeTrain } from "../model/tensor/index.ts";
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
  if (!Number.isInteger(samples) || samples < 1 || samples > options.maxSampleCount) {
    throw new UserError(
      "compute/batch-size",
      `network "${network.name}": expected a batch of 1…${options.maxSampleCount} samples, got ${samples}`,
    );
  }
  if (input.kind === "direct" && network.layers[0] !== undefined && delaysOf(network.layers[0]) !== undefined) {
    throw new UserError(
      "compute/delayed-direct",
      `network "${network.name}": its first layer delays spikes, and a direct input has none`,
      { exit: "unsupported", hint: "encode the input as spikes, or put a layer before" },
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
  const steps = input.kind === "bytes" ? network.stepCount : 1;
  if (input.values.length === steps * samples * network.inputCount) return;
  throw new UserError(
    "compute/input-shape",
    `network "${network.name}": expected ${steps} × ${samples} × ${network.inputCount} values, got ${input.values.length}`,
  );
}

/** Spikes given as bytes, packed. */
export function packBytes(network: Network, values: Uint8Array, sampleCount: number): SpikeTrain {
  const { stepCount, inputCount } = network;
  const train = spikeTrain({ stepCount, sampleCount, neuronCount: inputCount });
  for (let row = 0; row < stepCount * sampleCount; row++) {
    for (let n = 0; n < inputCount; n++) {
      if (values[row * inputCount + n] === 0) continue;
      const word = row * train.rowWords + (n >>> 5);
      train.words[word] = (train.words[word] ?? 0) | (1 << (n & 31));
    }
  }
  return train;
}
