import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  convLayer,
  normalizeLayer,
  pooledGrid,
  type Grid,
  type InputPooling,
  type Network,
  type Pooling,
} from "../model/network/index.ts";
import { neuronSpec } from "../model/neuron/index.ts";
import { tensor } from "../model/tensor/index.ts";
import type { Backend, NetworkInput } from "./backend.ts";
import { referenceBackend } from "./reference/reference.ts";
import { wasmBackend } from "./wasm/wasm.ts";

interface Vectors {
  readonly stepCount: number;
  readonly sampleCount: number;
  readonly decay: number;
  readonly slope: number;
  readonly cases: readonly Case[];
}

interface Case {
  readonly title: string;
  readonly input: Grid;
  readonly direct?: boolean;
  readonly layers: readonly {
    readonly kernel: number;
    readonly channels: number;
    readonly stride?: number;
    readonly padding?: number;
    readonly groups?: number;
    readonly pooling?: Pooling;
    readonly inputPooling?: Pooling;
    readonly normalized?: number;
  }[];
  readonly frames: readonly (readonly number[])[];
  readonly counts: readonly number[];
  readonly factors: readonly number[];
  readonly arrays: readonly {
    readonly weights: readonly number[];
    readonly bias: readonly number[];
    readonly weightGradient: readonly number[];
    readonly biasGradient: readonly number[];
    /** Of normalized layers. */
    readonly scale?: readonly number[];
    readonly scaleGradient?: readonly number[];
    readonly runningMean?: readonly number[];
    readonly runningVariance?: readonly number[];
  }[];
}

const vectors = JSON.parse(readFileSync("tests/vectors/torch-conv.json", "utf8")) as Vectors;

function networkOf(item: Case): Network {
  let arriving = item.input;
  const neuron = neuronSpec("lif", { decay: vectors.decay });
  const layers = item.layers.map(({ inputPooling, ...shape }, l) => {
    const pooling: InputPooling | undefined =
      inputPooling === undefined ? undefined : { ...inputPooling, grid: arriving };
    const layer = convLayer(
      `conv${l}`,
      pooling === undefined
        ? { ...shape, input: arriving }
        : { ...shape, input: pooledGrid(arriving, pooling), inputPooling: pooling },
      neuron,
    );
    const arrays = item.arrays[l]!;
    arriving = layer.output;
    const filled = {
      ...layer,
      weights: tensor(layer.weights.shape, Float32Array.from(arrays.weights)),
      bias: tensor([shape.channels], Float32Array.from(arrays.bias)),
    };
    if (arrays.scale === undefined) return filled;
    const { normalization, ...rest } = normalizeLayer(filled);
    const scale = tensor([shape.channels], Float32Array.from(arrays.scale));
    return { ...rest, normalization: { ...normalization!, scale } };
  });
  return {
    kind: "network",
    name: item.title,
    inputCount: item.input.rows * item.input.columns * item.input.channels,
    stepCount: vectors.stepCount,
    layers,
    readout: { kind: "count" },
  };
}

function assertClose(got: Float32Array, want: readonly number[]): void {
  const scale = Math.max(...want.map(Math.abs));
  const difference = Math.max(...want.map((value, i) => Math.abs(value - got[i]!)));
  assert.equal(got.length, want.length);
  assert.ok(scale > 0 && difference <= 1e-5 * scale, `differs by ${difference} of ${scale}`);
}

/** Spikes exactly, gradients to a relative 1e-5. */
function holdToTorch(backend: Backend): void {
  for (const item of vectors.cases) {
    test(`${backend.name}, ${item.title}: spikes and gradients are those of torch`, async () => {
      const network = networkOf(item);
      const { sampleCount, slope } = vectors;
      using executor = await backend.compile(network, {
        surrogate: { kind: "fastSigmoid", slope },
        detachReset: true,
        maxSampleCount: sampleCount,
      });
      const values = item.frames.flat();
      const input: NetworkInput =
        item.direct === true
          ? { kind: "direct", values: Float32Array.from(values), sampleCount }
          : { kind: "bytes", values: Uint8Array.from(values), sampleCount };
      const { outputs } = await executor.forward(input, { training: true });
      assert.deepEqual([...outputs], item.counts);
      await executor.backward({ outputs: Float32Array.from(item.factors) });
      executor.read("gradients").forEach(({ weights, bias, normalization }, l) => {
        assertClose(weights, item.arrays[l]!.weightGradient);
        assertClose(bias!, item.arrays[l]!.biasGradient);
        const { scaleGradient } = item.arrays[l]!;
        if (scaleGradient !== undefined) assertClose(normalization!.scale, scaleGradient);
      });
      executor.read("weights").forEach(({ normalization }, l) => {
        const { runningMean, runningVariance } = item.arrays[l]!;
        if (runningMean === undefined || runningVariance === undefined) return;
        assertClose(normalization!.mean, runningMean);
        assertClose(normalization!.variance, runningVariance);
      });
    });
  }
}

holdToTorch(referenceBackend);
holdToTorch(wasmBackend);
