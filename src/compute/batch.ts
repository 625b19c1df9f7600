import { UserError } from "../base/index.ts";
import { delaysOf, validateNetwork, type Network } from "../model/network/index.ts";
import { largestElementCount, spikeTrain, type SpikeTrain } from "../model/tensor/index.ts";
import type { CompileOptions, NetworkInput } from "./backend.ts";

/** Samples of a batch. */
export function sampleCountOf(input: NetworkInput): number {
  return input.kind === "spikes" ? input.spikes.sampleCount : input.sampleCount;
}

/**
 * Check a network and how it is to be compiled.
 * @throws the problems of `checkNetwork`; `compute/batch-size`
 */
export function checkCompile(network: Network, { maxSampleCount }: CompileOptions): void {
  validateNetwork(network);
  if (Number.isInteger(maxSampleCount) && maxSampleCount >= 1) return;
  const message = `network "${network.name}": expected batches of at least 1 sample, got ${maxSampleCount}`;
  throw new UserError("compute/batch-size", message);
}

/**
 * Check that one array holds all that a layer does in a batch, for back ends that record it whole.
 * @throws `compute/too-large`
 */
export function checkRecords(network: Network, { maxSampleCount }: CompileOptions): void {
  for (const { name, neuronCount } of network.layers) {
    const count = maxSampleCount * network.stepCount * neuronCount;
    if (count <= largestElementCount) continue;
    const shape = `${network.stepCount} steps × ${maxSampleCount} samples × ${neuronCount} neurons`;
    throw new UserError("compute/too-large", `"${name}": ${shape} are more than ${largestElementCount} values`, {
      path: name,
      exit: "resources",
      hint: "use a smaller batch",
    });
  }
}

/**
 * Check that a batch fits the compiled network.
 * @throws `compute/input-shape`, `compute/batch-size`, `compute/input-value`, `compute/delayed-direct`
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
  if (input.values.length !== steps * samples * network.inputCount) {
    throw new UserError(
      "compute/input-shape",
      `network "${network.name}": expected ${steps} × ${samples} × ${network.inputCount} values, got ${input.values.length}`,
    );
  }
  const bad = input.kind === "direct" ? firstNotFinite(input.values) : -1;
  if (bad < 0) return;
  const where = `sample ${Math.floor(bad / network.inputCount)}, input ${bad % network.inputCount}`;
  const message = `network "${network.name}": expected finite currents, got ${input.values[bad]} at ${where}`;
  throw new UserError("compute/input-value", message);
}

/** Its index, or −1. A loop: this looks at every value of every batch. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
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
