// The golden model's fast twin: the same spikes from vector kernels. Layer after layer instead of step after step, which is the
// same because spikes only go forward within a step. What it cannot do exactly, the golden model does.

import { assertDefined, randomStream, type ProgressListener } from "../../../base/index.ts";
import { kernel, printModule } from "../../../compute/index.ts";
import { rowStart, setSpike, spikeTrain, type SpikeTrain } from "../../../model/tensor/index.ts";
import type { EventTrace } from "../event-trace.ts";
import { checkGoldenInput, decide, runGolden } from "../golden-model.ts";
import type { IntegerNetwork } from "../integer-network.ts";
import { lastWordMask, layerKernel, listKernel } from "./layer-kernels.ts";
import { planMemory, tiledWeights, type MemoryPlan } from "./memory-plan.ts";
import { findObstacle } from "./provable.ts";

/** A golden model ready to run many times. */
export interface PreparedGolden {
  /** Why `run` is the plain golden model; undefined when it is the fast one. */
  readonly obstacle: string | undefined;
  /** Exactly what `runGolden` returns and throws. */
  run(input: SpikeTrain, onProgress?: ProgressListener): EventTrace;
}

/**
 * `runGolden`, many times faster on long runs where the network allows it. For several runs of one network keep what
 * `prepareGolden` returns.
 */
export function runGoldenFast(network: IntegerNetwork, input: SpikeTrain, onProgress?: ProgressListener): EventTrace {
  if (input.sampleCount * input.stepCount < worthwhileRows) return runGolden(network, input, onProgress);
  return prepareGolden(network).run(input, onProgress);
}

/**
 * Compile a network into kernels and compare every layer with the golden model on a small input; a network that cannot be
 * compiled, or whose kernels fail, runs on the golden model. Weights are copied.
 *
 * @param print  Kernels to a WebAssembly module that imports `host.memory`.
 */
export function prepareGolden(
  network: IntegerNetwork,
  print: (kernels: readonly kernel.Kernel[]) => Uint8Array<ArrayBuffer> = (kernels) => printModule(kernels),
): PreparedGolden {
  const plain = (obstacle: string): PreparedGolden => ({
    obstacle,
    run: (input, onProgress) => runGolden(network, input, onProgress),
  });
  const obstacle = findObstacle(network);
  if (obstacle !== undefined) return plain(obstacle);
  const memory = planMemory(network);
  if (memory.byteCount > mostBytes) return plain(`it needs ${memory.byteCount} bytes, a module gets ${mostBytes}`);
  try {
    const fast = new FastGolden(network, memory, print);
    const wrong = network.layers.find((_, index) => !fast.agrees(index));
    if (wrong !== undefined) return plain(`"${wrong.name}": its kernel differs from the golden model`);
    return { obstacle: undefined, run: (input, onProgress) => fast.run(input, onProgress) };
  } catch (error) {
    if (!fromWebAssembly(error)) throw error;
    return plain(`WebAssembly: ${error.message}`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

const mostBytes = 2 ** 30;
/** Preparing takes as long as the golden model takes for 90 to 200 rows of (sample, step), from large networks to small ones. */
const worthwhileRows = 200;
const pageBytes = 65536;

/** No vectors, no memory, or a kernel outside its memory. */
function fromWebAssembly(error: unknown): error is Error {
  const kinds = [WebAssembly.CompileError, WebAssembly.LinkError, WebAssembly.RuntimeError, RangeError];
  return kinds.some((kind) => error instanceof kind);
}

type KernelFunction = (...values: readonly number[]) => void;

class FastGolden {
  readonly #network: IntegerNetwork;
  readonly #memory: MemoryPlan;
  readonly #words: Uint32Array;
  readonly #list: KernelFunction;
  readonly #layers: readonly KernelFunction[];

  constructor(
    network: IntegerNetwork,
    memory: MemoryPlan,
    print: (kernels: readonly kernel.Kernel[]) => Uint8Array<ArrayBuffer>,
  ) {
    this.#network = network;
    this.#memory = memory;
    const kernels = network.layers.map((layer, index) =>
      layerKernel(layer, assertDefined(memory.layers[index], "plan"), memory, index),
    );
    const host = { memory: new WebAssembly.Memory({ initial: Math.ceil(memory.byteCount / pageBytes) + 1 }) };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(print([listKernel(memory), ...kernels])), {
      host,
    });
    const functions = exports as Readonly<Record<string, KernelFunction>>;
    this.#list = assertDefined(functions["list"], "kernel list");
    this.#layers = network.layers.map((_, index) => assertDefined(functions[`layer${index}`], `kernel ${index}`));
    this.#words = new Uint32Array(host.memory.buffer);
    this.#words.set(new Uint32Array(kernel.bitListTable().buffer), memory.bitLists / 4);
    network.layers.forEach((layer, index) => {
      const plan = assertDefined(memory.layers[index], "plan");
      const weights = tiledWeights(layer, plan);
      new Uint8Array(host.memory.buffer).set(new Uint8Array(weights.buffer), plan.weights);
    });
  }

  run(input: SpikeTrain, onProgress?: ProgressListener): EventTrace {
    checkGoldenInput(this.#network, input);
    const { stepCount, sampleCount } = input;
    const trains = this.#network.layers.map(({ neuronCount }) => spikeTrain({ stepCount, sampleCount, neuronCount }));
    for (let first = 0; first < sampleCount; first += this.#memory.blockSamples) {
      const samples = Math.min(this.#memory.blockSamples, sampleCount - first);
      this.#copyIn(input, first, samples);
      let source = input;
      trains.forEach((train, index) => {
        this.#runLayer(index, source, train, first, samples);
        source = train;
      });
      onProgress?.({ label: "golden model", done: first + samples, total: sampleCount, unit: "samples" });
    }
    return decide(input, trains);
  }

  /** Compares one layer with the golden model on random spikes. */
  agrees(index: number): boolean {
    const layer = assertDefined(this.#network.layers[index], "layer");
    const { inputCount } = layer;
    const input = checkSpikes(inputCount, Math.min(checkSteps, this.#network.stepCount));
    const alone = { ...this.#network, inputCount, stepCount: input.stepCount, layers: [layer] };
    const expected = assertDefined(runGolden(alone, input).layers[0], "spikes");
    const train = spikeTrain({ ...input, neuronCount: layer.neuronCount });
    this.#copyIn(input, 0, input.sampleCount);
    this.#runLayer(index, input, train, 0, input.sampleCount);
    return train.words.every((word, i) => word === expected.words[i]);
  }

  /** From the source's spikes, in the buffer, to the layer's, in the buffer and in `train`. */
  #runLayer(index: number, source: SpikeTrain, train: SpikeTrain, first: number, samples: number): void {
    const { stepCount } = train;
    this.#list(samples, stepCount, source.rowWords, lastWordMask(source.neuronCount), source.neuronCount);
    assertDefined(this.#layers[index], "kernel")(samples, stepCount);
    for (const { at, from, words } of this.#runs(train, first, samples)) {
      train.words.set(this.#words.subarray(at, at + words), from);
    }
  }

  #copyIn(train: SpikeTrain, first: number, samples: number): void {
    for (const { at, from, words } of this.#runs(train, first, samples)) {
      this.#words.set(train.words.subarray(from, from + words), at);
    }
  }

  /** Words of a train from `from` on that lie in the buffer from `at` on: all at once, or step by step. */
  #runs(train: SpikeTrain, first: number, samples: number): readonly Run[] {
    const at = this.#memory.bits / 4;
    if (samples === train.sampleCount) return [{ at, from: 0, words: train.words.length }];
    const words = samples * train.rowWords;
    return Array.from({ length: train.stepCount }, (_, step) => {
      return { at: at + step * words, from: rowStart(train, step, first), words };
    });
  }
}

interface Run {
  readonly at: number;
  readonly from: number;
  readonly words: number;
}

/** Together fewer rows than any block has. */
const [checkSteps, checkSamples] = [6, 4];

/**
 * Spikes that reach sums of either sign: the first sample has all inputs at once, then fewer from step to step; the others have
 * about two a step. The last step is silent.
 */
function checkSpikes(neuronCount: number, stepCount: number): SpikeTrain {
  const random = randomStream(1, "golden self-check");
  const input = spikeTrain({ stepCount, sampleCount: checkSamples, neuronCount });
  for (let step = 0; step < Math.max(1, stepCount - 1); step++) {
    for (let sample = 0; sample < checkSamples; sample++) {
      const rate = sample === 0 ? 2 ** -step : 2 / neuronCount;
      for (let n = 0; n < neuronCount; n++) if (random.uniform() < rate) setSpike(input, step, sample, n);
    }
  }
  return input;
}
