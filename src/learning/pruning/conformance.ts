// What every pruning method and every structure promises, whatever it is. A new one is tested by being in its list.

import assert from "node:assert/strict";
import { randomStream } from "../../base/index.ts";
import type { LayerArrays } from "../../compute/index.ts";
import { denseLayer, layerArrays, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import type { PruningContext, PruningMethod } from "./method.ts";
import { prunableParts } from "./part.ts";
import type { PruningStructure } from "./structure.ts";

/** A network 12-8-4 with random weights. */
export function sampleNetwork(seed = 5): Network {
  const random = randomStream(seed, "pruning");
  const layers = [
    denseLayer("hidden", { inputCount: 12, neuronCount: 8, recurrent: true }, neuronSpec("lif")),
    denseLayer("output", { inputCount: 8, neuronCount: 4 }, neuronSpec("lif")),
  ];
  for (const layer of layers) {
    for (const array of [layer.weights, layer.recurrentWeights]) {
      array?.data.forEach((_, i) => (array.data[i] = random.normal()));
    }
  }
  return { kind: "network", name: "sample", inputCount: 12, stepCount: 3, layers, readout: { kind: "count" } };
}

/** A context with two batches of random gradients and random evidence. */
export function sampleContext(network: Network): PruningContext {
  const random = randomStream(9, "gradients");
  const like = (): LayerArrays[] =>
    network.layers.map((layer) => {
      const { weights, recurrentWeights } = layerArrays(layer);
      return {
        weights: weights.map(() => random.normal()),
        ...(recurrentWeights === undefined ? {} : { recurrentWeights: recurrentWeights.map(() => random.normal()) }),
      };
    });
  const evidence = prunableParts(network, like()).map(({ name, values }) => [name, values] as const);
  return { network, gradients: [like(), like()], gathered: Object.fromEntries(evidence), seed: 3 };
}

/** One score per weight, finite, the same every time, and untouched weights. */
export function checkMethod(method: PruningMethod): void {
  const network = sampleNetwork();
  const before = structuredClone(network);
  const context = sampleContext(network);
  const parts = prunableParts(network, network.layers.map(layerArrays));
  const scores = method.score(parts, context);
  assert.deepEqual(
    scores.map((part) => part.length),
    parts.map(({ values }) => values.length),
    `${method.name}: one score per weight`,
  );
  assert.ok(
    scores.every((part) => part.every(Number.isFinite)),
    `${method.name}: finite scores`,
  );
  assert.ok(new Set(scores.flatMap((part) => [...part])).size > 10, `${method.name}: tells weights apart`);
  assert.deepEqual(method.score(parts, context), scores, `${method.name}: the same every time`);
  assert.deepEqual(network, before, `${method.name}: weights are only read`);
}

/** Every weight has a unit below the count, every unit a weight, and groups are whole units. */
export function checkStructure(structure: PruningStructure): void {
  const network = sampleNetwork();
  for (const part of prunableParts(network, network.layers.map(layerArrays))) {
    for (const size of [1, 3, 4]) {
      const units = structure.unitsOf(part, size);
      if (units === undefined) continue;
      assert.equal(units.unitOf.length, part.values.length, `${structure.name}: a unit for every weight`);
      assert.equal(new Set(units.unitOf).size, units.unitCount, `${structure.name}: no empty unit`);
      assert.ok(
        units.unitOf.every((unit) => unit < units.unitCount),
        `${structure.name}: units are numbered`,
      );
      if (units.groupOf !== undefined) assert.equal(units.groupOf.length, units.unitCount, `${structure.name}: groups`);
    }
  }
}
