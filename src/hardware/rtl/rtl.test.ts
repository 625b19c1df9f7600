import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { randomStream, ToolError } from "../../base/index.ts";
import { embeddedHdl } from "../../../scripts/embed-hdl.ts";
import { readFileSync } from "node:fs";
import { nodePlatform } from "../../platform/node/index.ts";
import { lowerNeuron, neuronSpec } from "../../model/neuron/index.ts";
import {
  commentText,
  compileSimulator,
  hdlFiles,
  mangleName,
  neuronModule,
  parseNetlist,
  signedDigits,
  simulatorOf,
} from "./index.ts";

const hostile = [
  "",
  "a b",
  "a_b",
  "a\nb",
  "endmodule",
  "wire",
  "x;$system(`id`)",
  "*/",
  "__proto__",
  "ünï",
  "1st",
  "A".repeat(10_000),
  "A".repeat(10_001),
];

test("names become identifiers, and stay different", () => {
  const mangled = hostile.map((name, i) => mangleName(name, i));
  for (const name of mangled) assert.match(name, /^[A-Za-z][A-Za-z0-9_]{0,63}$/);
  assert.equal(new Set(mangled).size, hostile.length);
  assert.equal(mangleName("hidden1", 0), "hidden1");
  assert.equal(mangleName("wire", 0), "n_wire");
});

test("names in comments cannot leave the comment", () => {
  assert.equal(commentText("a\nendmodule */ b"), "a?endmodule * / b");
});

test("the embedded blocks are current", () => {
  assert.equal(
    readFileSync("src/hardware/rtl/hdl.generated.ts", "utf8"),
    embeddedHdl(),
    "run node scripts/embed-hdl.ts",
  );
});

test("constant factors as signed digits", () => {
  const value = (n: number): number => signedDigits(n).reduce((sum, { sign, power }) => sum + sign * 2 ** power, 0);
  for (let n = -300; n <= 300; n++) assert.equal(value(n), n);
  assert.equal(signedDigits(7).length, 2);
});

test("the datapath of a neuron reads like hand-written", () => {
  const formats = { potential: { bits: 8, fraction: 2 }, coefficientFraction: 8, rounding: "nearest" } as const;
  const lif = lowerNeuron(neuronSpec("lif"), { unit: 1 / 8, input: { low: -20, high: 20 }, formats });
  assert.equal(
    neuronModule("neuron_0", lif, { layer: "hidden", sumBits: 6 }),
    `// Neuron of layer "hidden": lif, lowered to integers; one update phase, combinational.
module neuron_0 (
  input  logic signed [5:0] sum_i,
  input  logic [7:0] state_i,
  output logic spike_o,
  output logic [7:0] next_o
);
  logic signed [7:0] v;
  assign v = $signed(state_i[7:0]);

  logic signed [10:0] product;
  assign product = (11'(v) <<< 3) - 11'(v);
  logic signed [10:0] added;
  assign added = product + 11'sd4;
  logic signed [7:0] scaled;
  assign scaled = 8'(added >>> 3);
  logic signed [7:0] aligned;
  assign aligned = 8'(sum_i) <<< 2;
  logic signed [8:0] charged;
  assign charged = 9'(scaled) + 9'(aligned);
  logic fires;
  assign fires = charged > 9'sd32;
  logic signed [8:0] difference;
  assign difference = charged - 9'sd32;
  logic signed [8:0] v_reset;
  assign v_reset = fires ? difference : charged;
  logic signed [7:0] v_next;
  assign v_next = (&v_reset[8:7] || ~|v_reset[8:7]) ? v_reset[7:0] :
      v_reset[8] ? -8'sd128 : 8'sd127;

  assign spike_o = fires;
  assign next_o  = 8'(v_next);
endmodule
`,
  );
});

/** Operators of SystemVerilog and what they mean on integers, for widths that cross word borders of the simulator. */
const operators: readonly { readonly text: string; readonly value: (a: bigint, b: bigint, s: bigint) => bigint }[] = [
  { text: "a + b", value: (a, b) => a + b },
  { text: "a - b", value: (a, b) => a - b },
  { text: "a * b", value: (a, b) => a * b },
  { text: "-a", value: (a) => -a },
  { text: "a & b", value: (a, b) => a & b },
  { text: "a | b", value: (a, b) => a | b },
  { text: "a ^ b", value: (a, b) => a ^ b },
  { text: "~a", value: (a) => ~a },
  { text: "a >>> s", value: (a, _b, s) => a >> s },
  { text: "a <<< s", value: (a, _b, s) => a << s },
  { text: "(a < b) ? a : b", value: (a, b) => (a < b ? a : b) },
  { text: "(a >= b) ? b : a", value: (a, b) => (a >= b ? b : a) },
  { text: "(a == b) ? 1 : 0", value: (a, b) => (a === b ? 1n : 0n) },
];

test("the simulator computes what SystemVerilog means, for signed values of many widths", async () => {
  const random = randomStream(11, "operators");
  for (const [aBits, bBits, yBits] of [
    [8, 5, 12],
    [13, 13, 13],
    [16, 9, 31],
    [31, 31, 31],
  ] as const) {
    const ports = operators.map((_, i) => `output logic signed [${yBits - 1}:0] y${i}`).join(", ");
    const body = operators.map(({ text }, i) => `assign y${i} = ${text};`).join("\n");
    const text = `module m (input logic signed [${aBits - 1}:0] a, input logic signed [${bBits - 1}:0] b, input logic [2:0] s, ${ports});\n${body}\nendmodule\n`;
    const simulator = await compileSimulator(nodePlatform, [{ name: "m.sv", text }], "m");
    for (let trial = 0; trial < 200; trial++) {
      const a = BigInt.asIntN(aBits, BigInt(random.uint32()));
      const b = trial % 10 === 0 ? BigInt.asIntN(bBits, a) : BigInt.asIntN(bBits, BigInt(random.uint32()));
      const s = BigInt(random.integer(8));
      simulator.setInput("a", Number(a));
      simulator.setInput("b", Number(b));
      simulator.setInput("s", Number(s));
      simulator.cycle();
      operators.forEach(({ text: operator, value }, i) => {
        const want = BigInt.asUintN(yBits, value(a, b, s));
        const got = BigInt.asUintN(yBits, BigInt(simulator.output(`y${i}`)));
        assert.equal(got, want, `${operator} with a = ${a} (${aBits}), b = ${b} (${bBits}), s = ${s}`);
      });
    }
  }
});

test("wide words, slices and memories", async () => {
  const text = `module m (input logic clk_i, input logic [6:0] at_i, input logic [11:0] x_i, input logic write_i,
    output logic [95:0] word_o, output logic [11:0] lane_o, output logic any_o);
  logic [95:0] mem [4];
  logic [95:0] word_q;
  initial for (int i = 0; i < 4; i++) mem[i] = 96'h0123456789abcdef00112233 + 96'(i);
  always_ff @(posedge clk_i) begin
    word_q <= mem[at_i[1:0]];
    if (write_i) mem[at_i[1:0]] <= {8{x_i}};
  end
  assign word_o = word_q;
  assign lane_o = word_q[60+:12];
  assign any_o = |word_q;
endmodule\n`;
  const simulator = await compileSimulator(nodePlatform, [{ name: "m.sv", text }], "m");
  simulator.setInput("at_i", 2);
  simulator.cycle();
  simulator.setInput("write_i", 1);
  simulator.setInput("x_i", 0xabc);
  simulator.cycle();
  assert.deepEqual(
    [0, 1, 2].map((w) => simulator.output("word_o", w) >>> 0),
    [0x00112235, 0x89abcdef, 0x01234567],
  );
  assert.equal(simulator.output("lane_o"), 0x678);
  simulator.setInput("write_i", 0);
  simulator.cycle();
  simulator.cycle();
  assert.equal(simulator.output("lane_o"), 0xabc);
  assert.equal(simulator.output("any_o"), 1);
});

test("a cell that the simulator does not know is named", () => {
  const cell = { type: "$fancy", parameters: {}, connections: { A: [2], Y: [3] } };
  const netlist = JSON.stringify({
    modules: {
      m: { ports: { y: { direction: "output", bits: [3] }, a: { direction: "input", bits: [2] } }, cells: { c: cell } },
    },
  });
  assert.throws(
    () => simulatorOf(parseNetlist(netlist, "m", "test")),
    (error: ToolError) => error.message === "the simulator cannot run cell $fancy: not known",
  );
});

test("SystemVerilog that does not elaborate is a tool error with the tool's words", async () => {
  await assert.rejects(
    compileSimulator(
      nodePlatform,
      [{ name: "m.sv", text: "module m (output logic y); assign y = nothing; endmodule\n" }],
      "m",
    ),
    (error: ToolError) => error.code === "rtl/elaborate" && error.output.includes("nothing"),
  );
});

test("every block of hdl/ passes Verilator -Wall without waivers", (t) => {
  if (spawnSync("verilator", ["--version"]).status !== 0) return t.skip("Verilator is not installed");
  const folder = mkdtempSync(path.join(tmpdir(), "lacuna-lint-"));
  try {
    for (const [name, text] of Object.entries(hdlFiles)) writeFileSync(path.join(folder, name), text);
    const packages = Object.keys(hdlFiles).filter((name) => hdlFiles[name]!.includes("\nendpackage"));
    for (const name of Object.keys(hdlFiles).filter((file) => !packages.includes(file))) {
      const top = name.replace(".sv", "");
      const files = [...packages, name].map((file) => path.join(folder, file));
      const args = ["--lint-only", "-Wall", "-y", folder, ...files, "--top-module", top];
      const { status, stderr } = spawnSync("verilator", args, { encoding: "utf8" });
      assert.equal(status, 0, `${name}: ${stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return undefined;
});
