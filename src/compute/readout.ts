// Readouts that a back end does not compute itself: it records every step of the output layer, and the readout's own definition
// makes outputs of the record and a gradient of the record.

import { assertDefined } from "../base/index.ts";
import { readouts, spreadVotes, sumVotes, type OutputTrace, type ReadoutDefinition } from "../model/encoding/index.ts";
import type { Network } from "../model/network/index.ts";
import type { SpikeTrain } from "../model/tensor/index.ts";
import type {
  ArrayKind,
  CompileOptions,
  Executor,
  ForwardResult,
  LayerArrays,
  NetworkInput,
  OutputGradient,
  TransformedKey,
  WeightTransform,
} from "./backend.ts";
import { checkCompile, sampleCountOf } from "./batch.ts";
import type { UpdateStep } from "./optimizer.ts";

type Compile = (network: Network, options: CompileOptions) => Promise<Executor>;

/**
 * Compile a network with any readout by a back end that counts spikes and reads the last potential.
 * @throws the problems of `checkNetwork`; `compute/batch-size`
 */
export async function compileReadout(network: Network, options: CompileOptions, compile: Compile): Promise<Executor> {
  checkCompile(network, options);
  const { kind, neuronsPerClass = 1 } = network.readout;
  const isOwn = kind === "count" || kind === "membrane";
  if (isOwn && neuronsPerClass === 1) return await compile(network, options);
  const inner = await compile(
    { ...network, readout: isOwn ? { kind } : { kind: "count" } },
    isOwn ? options : { ...options, perStep: true },
  );
  const recorded = isOwn ? undefined : readouts[kind];
  return new ReadoutExecutor(inner, { network, neuronsPerClass, recorded, shows: options.perStep === true });
}

// ---------------------------------------------------------------------------------------------------------------------

interface Reading {
  readonly network: Network;
  readonly neuronsPerClass: number;
  /** Absent when the inner executor's outputs only need to be summed. */
  readonly recorded: ReadoutDefinition | undefined;
  /** Whether the caller sees the record. */
  readonly shows: boolean;
}

class ReadoutExecutor implements Executor {
  readonly #inner: Executor;
  readonly #reading: Reading;
  #trace: OutputTrace | undefined;

  constructor(inner: Executor, reading: Reading) {
    this.#inner = inner;
    this.#reading = reading;
  }

  get timeParts(): number {
    return this.#inner.timeParts;
  }

  get memoryBytes(): number | undefined {
    return this.#inner.memoryBytes;
  }

  async forward(input: NetworkInput, options: { readonly training: boolean }): Promise<ForwardResult> {
    const { outputs, perStep, ...rest } = await this.#inner.forward(input, options);
    const { network, recorded, shows, neuronsPerClass } = this.#reading;
    this.#trace =
      recorded === undefined
        ? undefined
        : {
            stepCount: network.stepCount,
            sampleCount: sampleCountOf(input),
            neuronCount: assertDefined(network.layers.at(-1), "last layer").neuronCount,
            ...assertDefined(perStep, "record"),
          };
    const read = this.#trace === undefined ? outputs : assertDefined(recorded, "readout").outputsOf(this.#trace);
    return {
      ...rest,
      outputs: sumVotes(read, neuronsPerClass),
      ...(shows && perStep !== undefined ? { perStep } : {}),
    };
  }

  async backward(gradient: OutputGradient, options?: { readonly update?: UpdateStep }): Promise<void> {
    const { outputs, ...rest } = gradient;
    const { neuronsPerClass, recorded } = this.#reading;
    if (outputs === undefined) return await this.#inner.backward(rest, options);
    const spread = spreadVotes(outputs, neuronsPerClass);
    if (recorded === undefined) return await this.#inner.backward({ ...rest, outputs: spread }, options);
    const own = recorded.gradientOf(assertDefined(this.#trace, "record"), spread);
    const spikes = addedTo(rest.spikes, own.spikes);
    const potentials = addedTo(rest.potentials, own.potentials);
    await this.#inner.backward(
      {
        ...rest,
        ...(spikes === undefined ? {} : { spikes }),
        ...(potentials === undefined ? {} : { potentials }),
      },
      options,
    );
  }

  update(step: UpdateStep): void {
    this.#inner.update(step);
  }

  read(kind: ArrayKind): LayerArrays[] {
    return this.#inner.read(kind);
  }

  write(kind: ArrayKind, layers: readonly LayerArrays[]): void {
    this.#inner.write(kind, layers);
  }

  setTransform(layer: number, key: TransformedKey, transform: WeightTransform): void {
    this.#inner.setTransform(layer, key, transform);
  }

  spikesOf(layer: number): SpikeTrain {
    return this.#inner.spikesOf(layer);
  }

  addNeuronSpikes(layer: number, totals: Float64Array): void {
    this.#inner.addNeuronSpikes(layer, totals);
  }

  spikeCountsOf(layer: number): Float32Array {
    return this.#inner.spikeCountsOf(layer);
  }

  [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}

function addedTo(a: Float32Array | undefined, b: Float32Array | undefined): Float32Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.map((g, i) => g + (b[i] ?? 0));
}
