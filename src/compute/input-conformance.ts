// What no back end may stumble over: each bad input is a clear error, each extreme one the right result.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserError } from "../base/index.ts";
import { denseLayer, denseLayers, type Network } from "../model/network/index.ts";
import { neuronSpec } from "../model/neuron/index.ts";
import { setSpike, spikeTrain, tensor, type SpikeTrain } from "../model/tensor/index.ts";
import type { Backend, CompileOptions, NetworkInput } from "./backend.ts";

const options: CompileOptions = {
  surrogate: { kind: "fastSigmoid", slope: 5 },
  detachReset: true,
  maxSampleCount: 2,
};

/** Two inputs, three neurons, two classes; every neuron fires when both inputs do. */
function smallNetwork(): Network {
  const [lif, weight] = [neuronSpec("lif"), 0.75];
  const layer = (name: string, inputCount: number, neuronCount: number) => {
    const shell = denseLayer(name, { inputCount, neuronCount }, lif);
    return { ...shell, weights: tensor([inputCount, neuronCount], shell.weights.data.fill(weight)) };
  };
  const layers = [layer("hidden", 2, 3), layer("output", 3, 2)];
  return { kind: "network", name: "small", inputCount: 2, stepCount: 4, layers, readout: { kind: "count" } };
}

function constantSpikes(fires: boolean, shape = { stepCount: 4, sampleCount: 2, neuronCount: 2 }): SpikeTrain {
  const train = spikeTrain(shape);
  for (let i = 0; i < (fires ? 16 : 0); i++) setSpike(train, Math.floor(i / 4), Math.floor(i / 2) % 2, i % 2);
  return train;
}

/** Hold a back end to what it must refuse, and how. */
export function testBadInput(backend: Backend): void {
  const refuses = async (action: () => Promise<unknown>, code: string, message: string): Promise<void> => {
    await assert.rejects(action, (error: UserError) => {
      assert.deepEqual([error.code, error.message], [code, message]);
      return true;
    });
  };

  test(`${backend.name} refuses networks that cannot be`, async () => {
    const network = smallNetwork();
    const compile =
      (changed: Partial<Network>, more: Partial<CompileOptions> = {}) =>
      async (): Promise<unknown> => {
        using executor = await backend.compile({ ...network, ...changed }, { ...options, ...more });
        return executor;
      };
    const [hidden, output] = denseLayers(network);
    assert.ok(hidden !== undefined && output !== undefined);
    const broken = tensor([2, 3], Float32Array.of(0, 1, Number.NaN, 0, 0, Number.POSITIVE_INFINITY));
    const none = { ...hidden, neuronCount: 0, weights: tensor([2, 0]) };
    await refuses(compile({ stepCount: 0 }), "network/step-count", "stepCount: expected a whole number ≥ 1, got 0");
    await refuses(
      compile({ layers: [{ ...hidden, weights: broken }, output] }),
      "network/not-finite",
      'layers[0] "hidden".weights: value 2 is NaN',
    );
    await refuses(
      compile({ layers: [none, output] }),
      "network/neuron-count",
      'layers[0] "hidden": expected a whole number of neurons ≥ 1, got 0 (and 1 more)',
    );
    await refuses(
      compile({ inputCount: 3 }),
      "network/shape-mismatch",
      'layers[0] "hidden".weights: expected shape [3, 3], got [2, 3] with 6 values',
    );
    for (const maxSampleCount of [0, 1.5, Number.NaN]) {
      await refuses(
        compile({}, { maxSampleCount }),
        "compute/batch-size",
        `network "small": expected batches of at least 1 sample, got ${maxSampleCount}`,
      );
    }
  });

  test(`${backend.name} refuses batches that do not fit the network`, async () => {
    using executor = await backend.compile(smallNetwork(), options);
    const runs = (input: NetworkInput) => (): Promise<unknown> => executor.forward(input, { training: false });
    const spikes = (shape: {
      readonly stepCount: number;
      readonly sampleCount: number;
      readonly neuronCount: number;
    }) => runs({ kind: "spikes", spikes: spikeTrain(shape) });
    const fits = { stepCount: 4, sampleCount: 2, neuronCount: 2 };
    for (const sampleCount of [0, 3]) {
      await refuses(
        spikes({ ...fits, sampleCount }),
        "compute/batch-size",
        `network "small": expected a batch of 1…2 samples, got ${sampleCount}`,
      );
    }
    await refuses(
      spikes({ ...fits, stepCount: 5, neuronCount: 3 }),
      "compute/input-shape",
      'network "small": expected spikes of 4 steps × 2 inputs, got 5 × 3',
    );
    await refuses(
      runs({ kind: "bytes", values: new Uint8Array(15), sampleCount: 2 }),
      "compute/input-shape",
      'network "small": expected 4 × 2 × 2 values, got 15',
    );
    await refuses(
      runs({ kind: "direct", values: Float32Array.of(0, 1, Number.NaN, 0), sampleCount: 2 }),
      "compute/input-value",
      'network "small": expected finite currents, got NaN at sample 1, input 0',
    );
    // A refused batch leaves an executor that works.
    const { outputs } = await executor.forward({ kind: "spikes", spikes: constantSpikes(true) }, { training: false });
    assert.deepEqual([...outputs], [4, 4, 4, 4]);
  });

  test(`${backend.name}: silence stays silent, and what always fires always fires`, async () => {
    using executor = await backend.compile(smallNetwork(), options);
    for (const fires of [false, true]) {
      const input = { kind: "spikes", spikes: constantSpikes(fires) } as const;
      const { outputs, activity } = await executor.forward(input, { training: true });
      assert.deepEqual(
        [...outputs],
        Array.from({ length: 4 }, () => (fires ? 4 : 0)),
      );
      assert.deepEqual(
        activity.map(({ spikeCount }) => spikeCount),
        fires ? [24, 16] : [0, 0],
      );
      await executor.backward({ outputs: Float32Array.of(1, -1, 1, 2) });
      const gradients = executor.read("gradients");
      assert.ok(gradients.every(({ weights }) => weights.every(Number.isFinite)));
      assert.equal(
        gradients[0]?.weights.some((g) => g !== 0),
        fires,
      );
    }
  });

  test(`${backend.name} refuses what is larger than any memory before it asks for memory`, async () => {
    const network = smallNetwork();
    const huge = { stepCount: 2 ** 31, sampleCount: 2, neuronCount: 2 };
    assert.throws(() => spikeTrain(huge), {
      code: "tensor/too-large",
      message: "a spike train of shape [2147483648, 2, 2] has 4294967296 elements; at most 2147483647 fit",
    });
    assert.throws(() => tensor([2 ** 16, 2 ** 15]), {
      code: "tensor/too-large",
      message: "a tensor of shape [65536, 32768] has 2147483648 elements; at most 2147483647 fit",
    });
    await assert.rejects(
      async () => {
        using executor = await backend.compile(network, { ...options, maxSampleCount: 2 ** 31 });
        return executor;
      },
      { code: "compute/too-large", exit: "resources" },
    );
  });
}
