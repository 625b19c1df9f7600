// All shapes of dense networks on all families that run them, also with other simulators; and every new block broken once.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { verifyDesign } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { checkDense, denseCases, denseNetwork, prepareDense } from "./conformance-dense.ts";
import { families, familyNames, type FamilyName } from "./index.ts";

const biased = denseCases["lanes that do not divide, biases"]!;

for (const family of familyNames) {
  for (const [name, item] of Object.entries(denseCases)) {
    test(`${family}: golden = prediction = simulation = RTL: ${name}`, async () => {
      const choice = { family, weightStorage: "dense", lanes: item.lanes, ...item.choice } as const;
      const codes = families[family].check(denseNetwork(item), choice, targets.hx8k).map(({ code }) => code);
      if (codes.length > 0) assert.deepEqual(codes, ["fit/recurrent"], "nothing else may be refused");
      else await checkDense(family, item);
    });
  }

  for (const [simulator, program] of [
    ["verilator", "verilator"],
    ["icarus", "iverilog"],
  ] as const) {
    test(`${family}: second opinion by ${simulator}`, async (t) => {
      if (spawnSync(program, ["-V"]).error !== undefined) return t.skip(`${program} is not installed`);
      await checkDense(family, biased, simulator);
      return undefined;
    });
  }

  test(`${family}: an emitted design passes Verilator -Wall without waivers`, (t) => {
    if (spawnSync("verilator", ["-V"]).error !== undefined) return t.skip("verilator is not installed");
    const folder = mkdtempSync(path.join(tmpdir(), "lint-"));
    const { design } = prepareDense(family, biased);
    for (const { name, text } of design.files) writeFileSync(path.join(folder, name), text);
    const sources = design.files.map(({ name }) => name).filter((name) => name.endsWith(".sv"));
    const args = ["--lint-only", "-Wall", "--top-module", design.top, ...sources];
    const { stderr, status } = spawnSync("verilator", args, { cwd: folder, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    assert.equal(stderr, "");
    assert.equal(status, 0);
    return undefined;
  });
}

const broken: readonly (readonly [FamilyName, string, string, string])[] = [
  ["event-control", "spike_list.sv", "read_q == count_q - 1'b1", "read_q == count_q"],
  ["event-control", "list_core.sv", "states_q       <= last_q ? '0 : neuron_next_i", "states_q       <= neuron_next_i"],
  ["event-control", "step_words.sv", "ends_q  <= final_word", "ends_q  <= final_word && !final_step"],
  ["event-control", "vector_chunks.sv", "rest_q  <= shifted", "rest_q  <= rest_q"],
  ["event-control", "word_sender.sv", "closing_q <= word_last_i", "closing_q <= 1'b0"],
  ["event-control", "readout.sv", "again_q ? added_q : stored", "stored"],
  ["clock-driven", "clocked_layer.sv", "add_q && bit_q", "add_q"],
  ["clock-driven", "clocked_layer.sv", "any ? Walk : Update", "Walk"],
  ["clock-driven", "round_control.sv", "else if (done_i) draining_q <= 1'b0;", ""],
  ["clock-driven", "spike_register.sv", "spikes_q <= '0;\n      end", "end"],
  ["systolic", "time_words.sv", "word != '0", "1'b1"],
  ["systolic", "systolic_layer.sv", "else if (swap[r]) next_q <= '0;", ""],
  ["systolic", "systolic_layer.sv", "= taking ? steps_q : rest", "= taking ? '1 : rest"],
  ["systolic", "systolic_column.sv", "take_q ? '0 : total", "total"],
  ["systolic", "word_turner.sv", "entry_word_o != '0", "1'b1"],
  ["systolic", "delay_line.sv", "i == 0 ? data_i : stages_q[i-1]", "data_i"],
];

for (const [family, file, text, fault] of broken) {
  test(`${family}: a broken ${file} is reported: ${fault === "" ? `without ${text}` : fault}`, async () => {
    // A tile of few rows lets the same step come twice in a row, and one lane the same class.
    const item = file === "systolic_column.sv" || file === "readout.sv" ? denseCases["one layer, one lane"]! : biased;
    const options = prepareDense(family, item);
    let count = 0;
    const files = options.design.files.map((f) => {
      if (f.name !== file) return f;
      if (f.text.includes(text)) count++;
      return { ...f, text: f.text.replace(text, fault) };
    });
    assert.equal(count, 1, "the fault must change something");
    const report = await verifyDesign({ ...options, design: { ...options.design, files } });
    assert.equal(report.passed, false);
  });
}
