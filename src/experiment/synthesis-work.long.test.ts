// A small design through the synthesis of technologies that are not placed here.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { families } from "../hardware/family/index.ts";
import { lowerNetwork, runGolden } from "../hardware/golden/index.ts";
import { targets } from "../hardware/target/index.ts";
import { initialNetwork } from "../learning/index.ts";
import { neuronSpec } from "../model/neuron/index.ts";
import { spikeTrain } from "../model/tensor/index.ts";
import { nodePlatform } from "../platform/node/index.ts";
import { saveDesign, synthesizeFolder } from "./index.ts";

const folder = mkdtempSync(path.join(tmpdir(), "lacuna-synth-"));
after(() => rmSync(folder, { recursive: true }));

before(async () => {
  const network = initialNetwork({
    name: "small",
    inputCount: 16,
    hidden: [8],
    classCount: 4,
    stepCount: 4,
    neuron: neuronSpec("lif", { decay: 0.9 }),
    recurrent: false,
    readout: { kind: "count" },
    seed: 1,
  });
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const family = families["layer-pipeline"];
  const choice = { family: "layer-pipeline", weightStorage: "dense", lanes: [2, 1] } as const;
  const mapping = family.map(integer, choice, targets.hx8k);
  const trace = runGolden(integer, spikeTrain({ stepCount: 4, sampleCount: 1, neuronCount: 16 }));
  await saveDesign(nodePlatform.files, folder, { mapping, design: family.emit(mapping), trace });
});

for (const technology of ["ecp5", "xilinx7"]) {
  test(`${technology}: cells that are not timed, a tree that holds them all, project files beside the design`, async () => {
    const found = await synthesizeFolder({
      platform: nodePlatform,
      folder,
      place: true,
      technology,
      signal: new AbortController().signal,
      onEvent: () => undefined,
    });
    assert.equal(found.paths, undefined);
    assert.deepEqual(
      found.rows.map(([title, { value, kind }]) => [title, value, kind]),
      found.rows.map(([title], column) => [title, found.tree.root.counts[column], "synthesized"]),
    );
    const value = new Map(found.rows.map(([title, quantity]) => [title, quantity.value]));
    assert.ok((value.get("flip-flops") ?? 0) > 50);
    const layers = found.tree.root.parts.filter(({ name }) => name.startsWith("layer "));
    assert.deepEqual(
      layers.map(({ name }) => name),
      ['layer 0 "hidden1"', 'layer 1 "output"'],
    );
    for (const name of found.files) assert.ok(readFileSync(path.join(folder, name)).length > 0, name);
  });
}

test("an unknown technology is answered with the nearest name", async () => {
  await assert.rejects(
    synthesizeFolder({
      platform: nodePlatform,
      folder,
      place: true,
      technology: "xilinx",
      signal: new AbortController().signal,
      onEvent: () => undefined,
    }),
    { message: '--for xilinx: did you mean "xilinx7"?' },
  );
});
