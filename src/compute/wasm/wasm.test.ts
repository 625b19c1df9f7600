import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { convLayer, denseLayer, withArrays, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import type { Threads } from "../../platform/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import type { CompileOptions, LayerArrays, NetworkInput } from "../backend.ts";
import { testBackend } from "../conformance.ts";
import { sameBits } from "./self-check.ts";
import { wasmBackend, wasmBackendOn } from "./wasm.ts";

testBackend(wasmBackend);

const options: CompileOptions = {
  surrogate: { kind: "fastSigmoid", slope: 25 },
  detachReset: true,
  maxSampleCount: 9,
  optimizer: { kind: "adam" },
};

function randomNetwork(recurrent: boolean): Network {
  const random = randomStream(5, "threads");
  const sizes = [70, 100, 33, 10];
  const layers = sizes
    .slice(1)
    .map((neuronCount, l) =>
      denseLayer(
        `layer${l}`,
        { inputCount: sizes[l]!, neuronCount, recurrent: recurrent && l === 0 },
        neuronSpec("lif"),
      ),
    );
  const network: Network = {
    kind: "network",
    name: "threads",
    inputCount: 70,
    stepCount: 6,
    layers,
    readout: { kind: "count" },
  };
  const fill = (array: Float32Array): Float32Array => array.map(() => random.normal() * 0.3);
  return withArrays(
    network,
    layers.map(({ weights, recurrentWeights }) => ({
      weights: fill(weights.data),
      ...(recurrentWeights === undefined ? {} : { recurrentWeights: fill(recurrentWeights.data) }),
    })),
  );
}

/** 7×10 inputs, two convolutions, a dense layer. */
function randomGrids(): Network {
  const neuron = neuronSpec("lif");
  const pooling = { kind: "max", size: 2, stride: 2 } as const;
  const input = { rows: 7, columns: 10, channels: 1 };
  const first = convLayer("first", { input, channels: 6, kernel: 2, pooling }, neuron);
  const second = convLayer("second", { input: first.output, channels: 9, kernel: 2 }, neuron);
  const output = denseLayer("output", { inputCount: second.neuronCount, neuronCount: 4 }, neuron);
  const layers = [first, second, output];
  const random = randomStream(5, "grids");
  const shell: Network = { ...randomNetwork(false), layers };
  return withArrays(
    shell,
    layers.map(({ weights }) => ({ weights: weights.data.map(() => random.normal() * 0.6) })),
  );
}

/** Three updates; everything that could differ. Without a density the input is direct. */
async function learn(network: Network, extra: Partial<CompileOptions>, density: number | undefined): Promise<unknown> {
  using executor = await wasmBackendOn(nodePlatform.threads).compile(network, { ...options, ...extra });
  const random = randomStream(6, "input");
  const results: (readonly LayerArrays[] | Float32Array)[] = [];
  for (let step = 1; step <= 3; step++) {
    const sampleCount = 10 - step;
    const spikes = (share: number): Uint8Array =>
      Uint8Array.from({ length: 6 * sampleCount * 70 }, () => (random.uniform() < share ? 1 : 0));
    const input: NetworkInput =
      density === undefined
        ? { kind: "direct", values: new Float32Array(sampleCount * 70).map(() => random.normal()), sampleCount }
        : { kind: "bytes", values: spikes(density), sampleCount };
    const { outputs } = await executor.forward(input, { training: true });
    await executor.backward({ outputs: outputs.map((n, i) => n - (i % 4)) }, { update: { learningRate: 0.01, step } });
    results.push(outputs, executor.read("weights"));
  }
  return results;
}

for (const [title, network, density] of [
  ["events", randomNetwork(false), 0.1],
  ["tables", randomNetwork(false), 0.5],
  ["recurrent", randomNetwork(true), 0.1],
  ["convolutions", randomGrids(), 0.3],
  ["direct", randomNetwork(false), undefined],
  ["convolutions, direct", randomGrids(), undefined],
] as const) {
  test(`one, two and three threads give the same bytes: ${title}`, async () => {
    const alone = await learn(network, { threadCount: 1 }, density);
    assert.deepEqual(await learn(network, { threadCount: 2 }, density), alone);
    assert.deepEqual(await learn(network, { threadCount: 3 }, density), alone);
  });
}

test("joined vectors stay off where they are not understood", async () => {
  const asked: string[] = [];
  const refusing = (answer: boolean): Threads => ({
    ...nodePlatform.threads,
    joinVectors: (how) => {
      asked.push(how);
      return answer;
    },
  });
  using executor = await wasmBackendOn(refusing(false)).compile(randomNetwork(false), { ...options, threadCount: 1 });
  assert.ok(executor.read("weights").length > 0);
  assert.deepEqual(asked, ["now"]);
  asked.length = 0;
  using second = await wasmBackendOn(refusing(true)).compile(randomNetwork(false), { ...options, threadCount: 1 });
  assert.ok(second.read("weights").length > 0);
  assert.deepEqual(asked, ["now", "on"]);
});

test("a self-check sees one wrong bit", () => {
  assert.ok(sameBits([1, 0, Number.NaN], [1, 0, Number.NaN]));
  assert.ok(!sameBits([1, 0], [1, -0]));
  assert.ok(!sameBits([1], [1 + 2 ** -52]));
});

test("truncated backpropagation forgets what came before a part, and only that", async () => {
  const network = randomNetwork(true);
  const random = randomStream(6, "input");
  const values = Uint8Array.from({ length: 6 * 4 * 70 }, () => (random.uniform() < 0.2 ? 1 : 0));
  const gradientsOf = async (extra: Partial<CompileOptions>): Promise<readonly LayerArrays[]> => {
    using executor = await wasmBackend.compile(network, { ...options, ...extra });
    const { outputs } = await executor.forward({ kind: "bytes", values, sampleCount: 4 }, { training: true });
    await executor.backward({ outputs: outputs.map((n, i) => n - (i % 4)) });
    return executor.read("gradients");
  };
  const whole = await gradientsOf({});
  const parts = await gradientsOf({ stepsPerPart: 3 });
  const truncated = await gradientsOf({ stepsPerPart: 3, truncate: true });
  const onePart = await gradientsOf({ stepsPerPart: 6, truncate: true });
  assert.deepEqual(onePart, whole);
  const distance = (a: Float32Array, b: Float32Array): number =>
    Math.max(...a.map((x, i) => Math.abs(x - b[i]!))) / Math.max(...b.map(Math.abs));
  assert.ok(distance(parts[0]!.weights, whole[0]!.weights) < 1e-5);
  assert.ok(distance(truncated[0]!.weights, whole[0]!.weights) > 1e-3);
});

test("a batch that needs more memory than allowed is computed part by part, or refused", async () => {
  const network = { ...randomNetwork(true), stepCount: 500 };
  await assert.rejects(wasmBackend.compile(network, { ...options, memoryLimitBytes: 100_000 }), {
    code: "compute/too-large",
  });
  using whole = await wasmBackend.compile(network, options);
  using limited = await wasmBackend.compile(network, { ...options, memoryLimitBytes: 2_000_000 });
  assert.equal(whole.timeParts, 1);
  assert.ok(limited.timeParts > 1, `${limited.timeParts} parts`);
});
