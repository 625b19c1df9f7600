// The commands about sparsity, on a convolutional and a recurrent model that learned for a moment: every path runs, and
// what it says is about that model.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { FormatsReport, SparsityReport } from "../src/experiment/index.ts";

const folder = mkdtempSync(path.join(tmpdir(), "lacuna-sparsity-"));
after(() => rmSync(folder, { recursive: true }));

function lacuna(...args: readonly string[]): unknown {
  const found = spawnSync(process.execPath, [path.resolve("src/cli/main.ts"), ...args, "--json"], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(found.status, 0, `${args.join(" ")}\n${found.stderr}${found.stdout.slice(-2000)}`);
  return JSON.parse(found.stdout.trim().split("\n").at(-1) ?? "");
}

const models = {
  conv: { network: { layers: "4C3-MP2-10" }, rows: [9, 36], columns: [4, 10], kernels: true },
  // Rows of a recurrent layer's own neurons follow those of its inputs.
  recurrent: { network: { hidden: [12], recurrent: true }, rows: [76, 12], columns: [12, 10], kernels: false },
} as const;

for (const [name, { network, rows, columns, kernels }] of Object.entries(models)) {
  test(`train, sparsify, sparsity, formats and sweep run on a ${name} model`, () => {
    const document = {
      name,
      data: { set: "digits", trainLimit: 300, testLimit: 60, validationShare: 0.2 },
      network: { ...network, neuron: "lif" },
      training: { epochs: 3 },
      tuning: { epochs: 1 },
      explore: { stepCount: [4], weightBits: [4], sparsity: [0.5], lanes: [4], outputLanes: [2], designs: 2 },
      constraints: [],
      target: "hx8k",
      verifySamples: 2,
      place: false,
    };
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(document));
    lacuna("train", `${name}.json`, "--model", `${name}.lacuna`);
    for (const flags of [
      ["--structure", "neuron", "--shrink"],
      ["--method", "movement"],
      ["--method", "synflow"],
    ]) {
      const tuned = lacuna("sparsify", `${name}.lacuna`, "--sparsity", "0.5", "--model", "sparse.lacuna", ...flags) as {
        readonly connectionSparsity: number;
        readonly shapes: readonly [string, string];
      };
      // A neuron without inputs stays where others of its layer still reach it.
      if (flags.includes("--shrink")) assert.equal(tuned.shapes[0] !== tuned.shapes[1], kernels);
      else assert.ok(Math.abs(tuned.connectionSparsity - 0.5) < 0.05, `${tuned.connectionSparsity}`);
    }
    const place = ["--lanes", "4,2", "--target", "hx8k"];
    const measured = lacuna("sparsity", "sparse.lacuna", ...place) as SparsityReport;
    measured.layers.forEach((layer) => {
      assert.ok(layer.membraneSparsity !== undefined && layer.operations.executed !== undefined);
      assert.ok(layer.operations.effective <= layer.operations.executed);
      assert.ok(layer.operations.executed <= layer.operations.dense);
      assert.ok(layer.loadImbalance >= 1);
    });
    assert.equal(measured.layers[0]!.structure.emptyKernels !== undefined, kernels);
    assert.ok(measured.skipping.cycles!.skipping <= measured.skipping.cycles!.plain);
    const stored = lacuna("formats", "sparse.lacuna", "--lanes", "4,2") as FormatsReport;
    assert.deepEqual(
      stored.layers.map((layer) => [layer.rows, layer.columns]),
      rows.map((count, l) => [count, columns[l]]),
    );
    const swept = lacuna("sweep", "steps", `${name}.json`, "-o", "out") as {
      readonly trials: readonly { readonly failure?: string }[];
    };
    assert.deepEqual(
      swept.trials.map(({ failure }) => failure),
      new Array<undefined>(6).fill(undefined),
    );
    assert.ok(existsSync(path.join(folder, "out/steps/accuracy.svg")));
  });
}
