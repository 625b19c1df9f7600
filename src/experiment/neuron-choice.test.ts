import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, UserError } from "../base/index.ts";
import { wasmBackend } from "../compute/index.ts";
import { train, type Dataset, type Split } from "../learning/index.ts";
import { layerArrays, withArrays } from "../model/network/index.ts";
import { neuronModels, neuronOf, neuronSpec, type NeuronModelName } from "../model/neuron/index.ts";
import { neuronChoice } from "./neuron-choice.ts";
import { parseConfig } from "./parse-config.ts";
import { batchOptions, initialOf, trainingOptions } from "./stages/software.ts";

/** Two classes: the first or the second half of ten features is brighter. */
function halves(): Dataset {
  const random = randomStream(3, "halves");
  const [sampleCount, featureCount] = [64, 10];
  const labels = Uint8Array.from({ length: sampleCount }, () => (random.uniform() < 0.5 ? 0 : 1));
  const values = Uint8Array.from({ length: sampleCount * featureCount }, (_, i) => {
    const isBright = Math.floor((2 * (i % featureCount)) / featureCount) === labels[Math.floor(i / featureCount)];
    return Math.round(255 * Math.min(1, (isBright ? 0.7 : 0.2) + 0.3 * random.uniform()));
  });
  const split: Split = { sampleCount, labels, values };
  const about = { name: "halves", title: "halves", source: "made", license: "none", shape: [1, featureCount] };
  return { ...about, featureCount, classCount: 2, maxValue: 255, train: split, test: split };
}

function lower(threshold: number, models: readonly NeuronModelName[]): Readonly<Record<string, object>> {
  return Object.fromEntries(models.map((model) => [model, { parameters: { threshold } }]));
}

/** What a model needs beside its own values; weights of integer models are hundreds, and they learn in such steps. */
const settings: Partial<Record<NeuronModelName, Readonly<Record<string, unknown>>>> = {
  leakyIntegrator: { hidden: [], readout: { kind: "membrane" } },
  cubaIntegrator: { hidden: [], readout: { kind: "membrane" } },
  // Only a part of the input charges these at once.
  ...lower(0.125, ["blendedLif", "blendedCubaLif", "eulerLif", "eulerCubaLif", "lapicque"]),
  ...lower(0.3, ["alpha", "parametricLif"]),
};
const weightScale: Partial<Record<NeuronModelName, number>> = { lavaLif: 800 };

for (const model of Object.keys(neuronModels) as NeuronModelName[]) {
  test(`a small network of ${model} learns, as the document says`, async () => {
    const document = {
      network: { hidden: [8], neuron: model, ...settings[model] },
      training: { epochs: 12, batchSize: 16, learningRate: 0.02 },
      explore: { stepCount: [4] },
    };
    const config = parseConfig(document, "c");
    const dataset = halves();
    const scale = weightScale[model] ?? 1;
    const initial = initialOf(config, dataset, 4);
    const network = withArrays(
      initial,
      initial.layers.map((layer) => {
        const arrays = layerArrays(layer);
        return { ...arrays, weights: arrays.weights.map((w) => w * scale) };
      }),
    );
    assert.deepEqual(network.layers[0]!.neuron, neuronChoice(config.network));
    const { history } = await train({
      network,
      dataset,
      batch: batchOptions(config, 4),
      backend: wasmBackend,
      training: { ...trainingOptions(config), learningRate: 0.02 * scale, validationShare: 0.25 },
    });
    const [first, last] = [history[0]!, history.at(-1)!];
    assert.ok(last.loss < 0.8 * first.loss, `loss ${first.loss} → ${last.loss}`);
    assert.ok(history.some(({ validationAccuracy }) => (validationAccuracy ?? 0) > 0.8));
  });
}

function problemsOf(network: object, training: object = {}): string[] {
  try {
    parseConfig({ network, training }, "c");
  } catch (error) {
    return error instanceof UserError ? error.problems.map((p) => `${p.code} at ${p.path}: ${p.message}`) : [];
  }
  return [];
}

test("any reset, by name or with its value; what a model file holds is read again", () => {
  const { network } = parseConfig(
    { network: { reset: { kind: "value", value: -0.5 }, variant: { fires: "atLeast" } } },
    "c",
  );
  const spec = neuronChoice(network);
  assert.deepEqual([spec.reset, spec.variant], [{ kind: "value", value: -0.5 }, { fires: "atLeast" }]);
  assert.deepEqual(parseConfig({ network }, "c").network, network);
  assert.deepEqual(parseConfig({ network: { reset: "zero" } }, "c").network.reset, { kind: "zero" });
});

test("a dialect is how a framework's own neurons order and compare; single choices go before it", () => {
  const variantOf = (network: object) => neuronChoice(parseConfig({ network }, "c").network).variant;
  assert.equal(variantOf({}), undefined);
  assert.deepEqual(variantOf({ dialect: "snntorch", reset: "zero" }), { timing: "nextStep", resetOf: "kept" });
  assert.deepEqual(variantOf({ dialect: "sinabs", neuron: "cubaLif" }), { spikes: "many", current: "decaysTogether" });
  assert.deepEqual(variantOf({ dialect: "spikingjelly", variant: { fires: "above" } }), { fires: "above" });
  const taps = neuronChoice(parseConfig({ network: { neuron: "slidingParallel", variant: { taps: 2 } } }, "c").network);
  assert.deepEqual(Object.keys(neuronOf(taps).parameters), ["tap0", "tap1", "threshold"]);
  assert.deepEqual(neuronChoice(parseConfig({}, "c").network), neuronSpec("lif"));
});

test("every mistake with its place", () => {
  assert.deepEqual(problemsOf({ neuron: "alf" }), [
    'neuron/unknown-model at network.neuron: no neuron model is called "alf"; did you mean "alif"?',
  ]);
  assert.deepEqual(problemsOf({ parameters: { decay: 20, beta: 1 } }), [
    'neuron/unknown-parameter at network.parameters.beta: lif has no parameter "beta"; it has decay, threshold',
    "neuron/parameter-range at network.parameters.decay: expected 0…1, got 20",
  ]);
  assert.deepEqual(problemsOf({ variant: { fire: "atLeast", timing: "later", taps: 0, levels: [1, 1] } }), [
    'neuron/unknown-variant at network.variant.fire: a variant has no choice "fire"; did you mean "fires"?',
    'neuron/variant-value at network.variant.timing: expected "sameStep" or "nextStep" or "undelayed" or "spikeFirst", got "later"',
    "neuron/variant-value at network.variant.taps: expected a whole number in 1…64, got 0",
    "neuron/variant-value at network.variant.levels: expected up to 4096 rising numbers, got 2 that are not",
  ]);
  assert.deepEqual(problemsOf({ variant: { current: "decaysTogether", fires: "above" } }), [
    'neuron/idle-variant at network.variant.current: lif does not depend on "current"; leave it out',
  ]);
  assert.deepEqual(problemsOf({ dialect: "snntroch" }), [
    'config/dialect at network.dialect: no dialect is called "snntroch"; did you mean "snntorch"?',
  ]);
  assert.deepEqual(problemsOf({ neuron: "alif" }, { learn: ["adaptStp"] }), [
    'config/learn at training.learn: alif has no parameter "adaptStp"; did you mean "adaptStep"?',
  ]);
});
