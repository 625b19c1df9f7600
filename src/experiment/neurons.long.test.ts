// Neurons of different kinds on real images, through the configuration and the compiled kernels.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { wasmBackend } from "../compute/index.ts";
import { evaluateNetwork, loadDataset, train } from "../learning/index.ts";
import { nodePlatform } from "../platform/node/index.ts";
import { parseConfig } from "./parse-config.ts";
import { batchOptions, initialOf, trainingOptions } from "./stages/software.ts";

/** Of ten classes; ten epochs are few, so that this tells learning from not learning, and no more. */
const least = 0.7;

const networks: Readonly<Record<string, object>> = {
  "adaptive LIF": { neuron: "alif" },
  "sliding parallel neuron": { neuron: "slidingParallel", variant: { taps: 3 } },
  "SpikingJelly's LIF": { neuron: "relaxingLif", dialect: "spikingjelly", reset: { kind: "value", value: 0 } },
  "Sinabs' LIF, several spikes in a step": { neuron: "lif", dialect: "sinabs" },
};

for (const [title, network] of Object.entries(networks)) {
  test(`${title} learns the digits`, async () => {
    const config = parseConfig({ network, training: { epochs: 10 } }, "digits");
    const dataset = await loadDataset(nodePlatform.files, "digits", path.resolve("data"));
    const batch = batchOptions(config, 6);
    const trained = await train({
      network: initialOf(config, dataset, 6),
      dataset,
      batch,
      backend: wasmBackend,
      training: trainingOptions(config),
    });
    const { accuracy } = await evaluateNetwork({
      network: trained.network,
      dataset,
      split: dataset.test,
      batch,
      backend: wasmBackend,
    });
    assert.ok(accuracy > least, `test accuracy ${accuracy}`);
  });
}
