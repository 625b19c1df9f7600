// Every neuron model and variant that has integers: golden model and simulated SystemVerilog, spike for spike, cycle for cycle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import {
  neuronModels,
  neuronSpec,
  type NeuronModelName,
  type NeuronSpec,
  type Variant,
} from "../../model/neuron/index.ts";
import { countSpikes, setSpike, spikeTrain } from "../../model/tensor/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { lowerNetwork, runGolden, type IntegerNetwork } from "../golden/index.ts";
import { verifyDesign } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { families } from "./index.ts";

/** What has no integers, with the reason that its refusal names. */
const refused: Readonly<Partial<Record<NeuronModelName, RegExp>>> = {
  eif: /needs a power or e\^x/,
  gradedLif: /grades its spikes/,
  sigmaDelta: /grades its spikes/,
  burst: /grades its spikes/,
  lavaLif: /24-bit states/,
};
const variants: readonly (readonly [NeuronModelName, Variant])[] = [
  ["lif", { timing: "nextStep" }],
  ["lif", { timing: "undelayed" }],
  ["lif", { timing: "spikeFirst", resetOf: "kept" }],
  ["integrateFire", { fires: "atLeast" }],
  ["lif", { isBounded: true }],
];

function lowered(neuron: NeuronSpec, scale: number): IntegerNetwork {
  const random = randomStream(8, neuron.model);
  const layer = denseLayer("only", { inputCount: 12, neuronCount: 6 }, neuron);
  layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.normal() * 3 * scale + scale));
  const network: Network = {
    kind: "network",
    name: "models",
    inputCount: 12,
    stepCount: 6,
    layers: [{ ...layer, quantizer: { bits: 4, scale } }],
    readout: { kind: "count" },
  };
  return lowerNetwork(network, { rounding: "nearest", coefficientFraction: 6 });
}

/** With weight 1 standing for 1 where the model counts in whole units. */
function lowerEither(spec: NeuronSpec): IntegerNetwork {
  try {
    return lowered(spec, 0.25);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "lower/no-integer-form") throw error;
    return lowered(spec, 1);
  }
}

async function verify(spec: NeuronSpec): Promise<void> {
  const integer = lowerEither(spec);
  const family = families["layer-pipeline"];
  const choice = { family: "layer-pipeline", lanes: [2], weightStorage: "dense" } as const;
  const mapping = family.map(integer, choice, targets.hx8k);
  const random = randomStream(9, "input");
  const input = spikeTrain({ stepCount: 6, sampleCount: 8, neuronCount: 12 });
  for (let i = 0; i < 6 * 8 * 12; i++) {
    if (random.uniform() < 0.4) setSpike(input, Math.floor(i / 96), Math.floor(i / 12) % 8, i % 12);
  }
  const trace = runGolden(integer, input);
  assert.ok(countSpikes(trace.layers[0]!) > 5, "it fires");
  const cycles = family.predict(mapping, trace);
  const design = family.emit(mapping);
  const report = await verifyDesign({ platform: nodePlatform, design, network: integer, trace, cycles });
  assert.equal(report.passed, true);
}

for (const model of Object.keys(neuronModels) as NeuronModelName[]) {
  if (neuronModels[model]({ kind: "zero" }).spike.op === "constant") continue;
  const reason = refused[model];
  test(`${model}: ${reason === undefined ? "RTL equals the golden model" : "refused with its reason"}`, async () => {
    const spec = neuronSpec(model, model === "eulerLif" ? { rate: 0.5 } : {}, { kind: "zero" });
    if (reason === undefined) await verify(spec);
    else assert.throws(() => lowerEither(spec), reason);
  });
}

for (const [model, variant] of variants) {
  test(`${model} ${JSON.stringify(variant)}: RTL equals the golden model`, () =>
    verify(neuronSpec(model, {}, { kind: "subtract" }, variant)));
}
