// The counts that energy is charged for, against counters inside the emitted memories: Verilator runs the SystemVerilog with
// every RAM counting its own reads and writes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { assertDefined, randomStream } from "../../base/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain } from "../../model/tensor/index.ts";
import type { Platform } from "../../platform/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { families, type HardwareChoice, type Mapping } from "../family/index.ts";
import { lowerNetwork, runGolden, type EventTrace } from "../golden/index.ts";
import { verifyDesign } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { countWork } from "./index.ts";

const skip = spawnSync("verilator", ["--version"]).status === 0 ? false : "Verilator is not installed";

const random = randomStream(31, "accesses");
const layers = [
  [20, 14],
  [14, 5],
].map(([inputCount = 0, neuronCount = 0], l) => {
  const layer = denseLayer(`layer${l}`, { inputCount, neuronCount }, neuronSpec("lif"));
  layer.weights.data.forEach(
    (_, i) => (layer.weights.data[i] = random.uniform() < 0.7 ? 0 : random.normal() * 0.4 + 0.2),
  );
  return { ...layer, quantizer: { bits: 4, scale: 0.15 } };
});
const network: Network = {
  kind: "network",
  name: "accesses",
  inputCount: 20,
  stepCount: 4,
  layers,
  readout: { kind: "count" },
};
const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
const input = spikeTrain({ stepCount: 4, sampleCount: 6, neuronCount: 20 });
for (let t = 0; t < 4; t++)
  for (let s = 0; s < 6; s++) for (let n = 0; n < 20; n++) if (random.uniform() < 0.3) setSpike(input, t, s, n);
const trace = runGolden(integer, input);

/** Which memory an instance of the hierarchy is. */
const instances: readonly (readonly [pattern: RegExp, item: string])[] = [
  [/u_fetch_(\d+)\.u_pointers$/, "row pointer"],
  [/u_fetch_(\d+)\.u_bitmap$/, "spike bit"],
  [/u_fetch_(\d+)\.u_(?:weights|entries)\..*u_ram$/, "weight word"],
  [/u_layer_(\d+)\.u_sums$/, "accumulator"],
  [/u_layer_(\d+)\.u_states\..*u_ram$/, "state"],
  [/u_fifo_(\d+)\.u_ram$/, "event"],
  [/u_readout\.u_counts$/, "count"],
];

const counters = `
  int unsigned reads = 0, writes = 0;
  always_ff @(posedge clk_i) begin
    if (read_i) reads <= reads + 1;
    if (write_i) writes <= writes + 1;
  end
  final $display("M %m %0d %0d", reads, writes);
endmodule`;

async function countInRtl(mapping: Mapping): Promise<Record<string, readonly [number, number]>> {
  const family = families[mapping.choice.family];
  const emitted = family.emit(mapping);
  const files = emitted.files.map((file) =>
    file.name === "ram_1r1w.sv" ? { ...file, text: file.text.replace(/\nendmodule\s*$/, counters) } : file,
  );
  assert.notDeepEqual(files, emitted.files, "the counters must be inside");
  let printed = "";
  const platform: Platform = {
    ...nodePlatform,
    files: {
      ...nodePlatform.files,
      write: (path, content) =>
        nodePlatform.files.write(
          path,
          path.endsWith("bench.cpp")
            ? String(content).replace("return 0;\n}\n", "dut->final(); return 0;\n}\n")
            : content,
        ),
    },
    processes: {
      ...nodePlatform.processes,
      run: async (...call) => {
        const result = await nodePlatform.processes.run(...call);
        printed += result.output;
        return result;
      },
    },
  };
  const report = await verifyDesign({
    platform,
    design: { ...emitted, files },
    network: mapping.network,
    trace,
    cycles: family.predict(mapping, trace),
    simulator: "verilator",
  });
  assert.equal(report.passed, true);
  const last = mapping.layers.length - 1;
  const found: Record<string, readonly [number, number]> = {};
  for (const [, name = "", reads, writes] of printed.matchAll(/^M (\S+) (\d+) (\d+)$/gm)) {
    const [match, item] = assertDefined(
      instances.map(([pattern, kind]) => [pattern.exec(name), kind] as const).find(([m]) => m !== null),
      `memory of ${name}`,
    );
    found[`${match?.[1] ?? last} ${item}`] = [Number(reads), Number(writes)];
  }
  return found;
}

function countInModel(mapping: Mapping, events: EventTrace): Record<string, readonly [number, number]> {
  return Object.fromEntries(
    countWork(mapping, events).flatMap(({ accesses }, index) =>
      accesses.map(({ item, reads, writes }) => [`${index} ${item}`, [reads, writes]]),
    ),
  );
}

const choices: readonly HardwareChoice[] = [
  { family: "layer-pipeline", weightStorage: "dense", lanes: [4, 5] },
  { family: "layer-pipeline", weightStorage: "blocks", lanes: [4, 2] },
  { family: "dense", weightStorage: "dense", lanes: [4, 2] },
];

for (const choice of choices) {
  test(
    `every memory is read and written as often as charged: ${choice.family}, ${choice.weightStorage}`,
    { skip },
    async () => {
      const mapping = families[choice.family].map(integer, choice, targets.hx8k);
      const charged = countInModel(mapping, trace);
      assert.ok(Object.keys(charged).length >= 7);
      assert.deepEqual(await countInRtl(mapping), charged);
    },
  );
}
