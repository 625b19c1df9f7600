import assert from "node:assert/strict";
import { test } from "node:test";
import { denseLayer } from "../../model/network/index.ts";
import { neuronModels, neuronSpec, type NeuronModelName } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";
import { layerSupport, neuronReaders, neuronSupport, supportLines, verdictText } from "./neuron-support.ts";

test("who runs a neuron, why not who does not, and what helps", () => {
  assert.deepEqual(supportLines(neuronSupport(neuronSpec("lif"))), [
    "runs: reference, kernel, gradient, integers, rtl",
  ]);
  assert.deepEqual(supportLines(neuronSupport(neuronSpec("eif"))), [
    "runs: reference, kernel, gradient",
    'does not: integers, rtl, lower/no-integer-form: it needs a power or e^x, which has no integer form here; use a model without: "qif" in place of "eif"',
  ]);
  assert.deepEqual(supportLines(neuronSupport(neuronSpec("gradedLif"))), [
    "runs: reference, kernel (values beside bits), gradient",
    'does not: integers, rtl, lower/graded-spikes: it grades its spikes; integer hardware sends spikes of one bit; leave isGraded and spikes "many" out, or use a model that sends bits, such as lif',
  ]);
});

test("a neuron that counts in whole units runs with a quantizer of scale 1 only", () => {
  assert.equal(verdictText(neuronSupport(neuronSpec("spiker")).rtl), "yes, with a quantizer of scale 1");
  const { integers } = neuronSupport(neuronSpec("spiker"), 1 / 16);
  assert.equal(
    verdictText(integers),
    "no, lower/no-integer-form: it counts in whole units, but weight 1 stands for 0.0625; give the layer a quantizer of scale 1",
  );
});

test("what a layer asks beside its neuron is said, too", () => {
  const layer = denseLayer("hidden", { inputCount: 2, neuronCount: 3 }, neuronSpec("lif"));
  assert.deepEqual(layerSupport(layer), neuronSupport(neuronSpec("lif")));
  const own = { ...layer, neuronParameters: { decay: tensor([3], Float32Array.of(0.5, 0.6, 0.7)) } };
  assert.equal(
    verdictText(layerSupport(own).integers),
    "no, lower/neuron-parameters: parameters that differ from neuron to neuron have no integers yet; train one value for the whole layer",
  );
});

test("every refusal of every model says what to do instead", () => {
  for (const model of Object.keys(neuronModels) as NeuronModelName[]) {
    const support = neuronSupport(neuronSpec(model));
    for (const reader of neuronReaders) {
      const verdict = support[reader];
      if (!verdict.runs) assert.ok(verdict.remedy !== undefined, `${model}, ${reader}: ${verdict.reason}`);
    }
  }
});
