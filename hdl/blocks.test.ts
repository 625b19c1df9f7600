// One test per block, on the embedded simulator: the contract in the block's header comment, and its corner.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compileSimulator, hdlFiles, type RtlSimulator } from "../src/hardware/rtl/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";

const blocks = Object.entries(hdlFiles).map(([name, text]) => ({ name, text }));

/** A block with parameters, wrapped so that its ports keep their names; `ports` are SystemVerilog port declarations. */
async function block(
  name: string,
  parameters: string,
  ports: readonly string[],
  files: readonly { name: string; text: string }[] = [],
) {
  const text = `module bench (${ports.join(", ")});\n  ${name} #(${parameters}) u_block (.*);\nendmodule\n`;
  const simulator = await compileSimulator(nodePlatform, [...blocks, ...files, { name: "bench.sv", text }], "bench");
  return simulator;
}

/** Set inputs, run one cycle, read outputs of that cycle. */
function cycle(s: RtlSimulator, inputs: Readonly<Record<string, number>>, ...outputs: readonly string[]): number[] {
  for (const [name, value] of Object.entries(inputs)) s.setInput(name, value);
  s.cycle();
  return outputs.map((name) => s.output(name) >>> 0);
}

function reset(s: RtlSimulator): void {
  cycle(s, { rst_ni: 0 });
  cycle(s, { rst_ni: 1 });
}

test("ram_1r1w: registered read, zero at start, content from a file", async () => {
  const ports = [
    "input logic clk_i, read_i, write_i",
    "input logic [1:0] read_address_i, write_address_i",
    "input logic [7:0] write_data_i",
    "output logic [7:0] read_data_o",
  ];
  const s = await block("ram_1r1w", ".Width(8), .Depth(4)", ports);
  cycle(s, { write_i: 1, write_address_i: 2, write_data_i: 7 });
  cycle(s, { write_i: 0, read_i: 1, read_address_i: 2 });
  assert.deepEqual(cycle(s, { read_address_i: 1 }, "read_data_o"), [7]);
  assert.deepEqual(cycle(s, { read_i: 0, read_address_i: 2 }, "read_data_o"), [0]);
  assert.deepEqual(cycle(s, {}, "read_data_o"), [0], "without read the output holds");
  const filled = await block("ram_1r1w", '.Width(8), .Depth(4), .InitFile("a.hex")', ports, [
    { name: "a.hex", text: "0a\n0b\n0c\n0d\n" },
  ]);
  cycle(filled, { read_i: 1, read_address_i: 3 });
  assert.deepEqual(cycle(filled, {}, "read_data_o"), [13]);
});

test("ram_single_port: one port writes or reads", async () => {
  const s = await block("ram_single_port", ".Width(16), .Depth(8)", [
    "input logic clk_i, write_i",
    "input logic [2:0] address_i",
    "input logic [15:0] write_data_i",
    "output logic [15:0] read_data_o",
  ]);
  cycle(s, { write_i: 1, address_i: 5, write_data_i: 0xbeef });
  cycle(s, { write_i: 0 });
  assert.deepEqual(cycle(s, {}, "read_data_o"), [0xbeef]);
});

test("weight_rom: bytes become words, low bits first; a new start begins at word 0", async () => {
  const ports = [
    "input logic clk_i, rst_ni, read_i, load_start_i, load_valid_i",
    "input logic [1:0] address_i",
    "input logic [7:0] load_byte_i",
    "output logic [19:0] data_o",
  ];
  const s = await block("weight_rom", ".Width(20), .Depth(4), .SinglePort(1'b1)", ports);
  reset(s);
  const load = (bytes: readonly number[]): void => {
    cycle(s, { load_start_i: 1 });
    s.setInput("load_start_i", 0);
    for (const byte of bytes) cycle(s, { load_valid_i: 1, load_byte_i: byte });
    s.setInput("load_valid_i", 0);
  };
  const read = (address: number): number => {
    cycle(s, { read_i: 1, address_i: address });
    return cycle(s, {}, "data_o")[0]!;
  };
  load([0x34, 0x12, 0x05, 0x78, 0x56, 0x0f]);
  assert.deepEqual([read(0), read(1)], [0x51234, 0xf5678]);
  load([1, 0, 0]);
  assert.deepEqual([read(0), read(1)], [1, 0xf5678]);
});

test("event_fifo: a step is seen when it is whole, and two of them close the door", async () => {
  const s = await block("event_fifo", ".Width(4), .Depth(6)", [
    "input logic clk_i, rst_ni, in_valid_i, in_end_i, out_ready_i",
    "input logic [3:0] in_data_i",
    "output logic out_valid_o, out_end_o, room_o",
    "output logic [3:0] out_data_o",
  ]);
  reset(s);
  const push = (data: number, end: number) =>
    cycle(s, { in_valid_i: 1, in_end_i: end, in_data_i: data }, "out_valid_o", "room_o");
  assert.deepEqual(push(5, 0), [0, 1]);
  assert.deepEqual(push(6, 0), [0, 1]);
  assert.deepEqual(push(0, 1), [0, 1], "nothing is seen before the end is inside");
  s.setInput("in_valid_i", 0);
  assert.deepEqual(cycle(s, {}, "out_valid_o"), [0]);
  assert.deepEqual(cycle(s, {}, "out_valid_o", "out_data_o"), [1, 5], "two cycles after the end was written");
  push(0, 1);
  assert.deepEqual(cycle(s, { in_valid_i: 0 }, "room_o"), [0], "two whole steps wait");
  const seen: number[][] = [];
  for (let i = 0; i < 6; i++) seen.push(cycle(s, { out_ready_i: 1 }, "out_valid_o", "out_data_o", "out_end_o"));
  assert.deepEqual(
    seen.slice(0, 4).map(([v, d, e]) => (e === 1 ? "end" : v === 1 ? d : "-")),
    [5, 6, "end", "end"],
  );
  assert.deepEqual(cycle(s, {}, "out_valid_o", "room_o"), [0, 1]);
});

const fetchPorts = [
  "input logic clk_i, rst_ni, event_valid_i, event_end_i, event_last_i, load_start_i, load_valid_i",
  "input logic [1:0] event_address_i",
  "input logic [7:0] load_byte_i",
  "output logic event_ready_o, done_o, done_last_o, read_o",
  "output logic [0:0] group_o",
  "output logic [7:0] weights_o",
];

/** Offer events one after the other; returns per cycle what is fetched, and the cycles in which events were accepted. */
function fetchAll(s: RtlSimulator, events: readonly (number | "end")[], cycles: number) {
  const fetched: string[] = [];
  const accepted: number[] = [];
  let pending = "";
  let next = 0;
  let done = -1;
  for (let c = 0; c < cycles; c++) {
    const event = events[next];
    const inputs = {
      event_valid_i: event === undefined ? 0 : 1,
      event_end_i: event === "end" ? 1 : 0,
      event_last_i: event === "end" ? 1 : 0,
      event_address_i: typeof event === "number" ? event : 0,
    };
    const [ready, finished, read, group, weights] = cycle(
      s,
      inputs,
      "event_ready_o",
      "done_o",
      "read_o",
      "group_o",
      "weights_o",
    );
    if (pending !== "") fetched.push(`${pending}:${weights!.toString(16)}`);
    pending = read === 1 ? String(group) : "";
    if (finished === 1) done = c;
    if (ready === 1 && event !== undefined) {
      accepted.push(c);
      next++;
    }
  }
  return { fetched, accepted, done };
}

const image = { name: "w.hex", text: "11\n12\n21\n22\n31\n32\n41\n42\n" };

test("fetch_dense: a row group by group, no bubble between spikes", async () => {
  const s = await block("fetch_dense", '.Inputs(4), .Groups(2), .WordBits(8), .InitFile("w.hex")', fetchPorts, [image]);
  reset(s);
  const { fetched, accepted, done } = fetchAll(s, [2, 0, "end"], 10);
  assert.deepEqual(fetched, ["0:31", "1:32", "0:11", "1:12"]);
  assert.deepEqual([accepted, done], [[0, 2, 4], 4]);
});

test("fetch_blocks: only stored groups; an empty row takes two cycles", async () => {
  // Row 0: group 1; row 1: nothing; row 2: groups 0 and 1; row 3: group 0. Entries {group, weights}, pointers {count, start}.
  const entries = { name: "e.hex", text: "1aa\n0bb\n1cc\n0dd\n" };
  const pointers = { name: "p.hex", text: "4\n0\n9\n7\n" };
  const s = await block(
    "fetch_blocks",
    '.Inputs(4), .Groups(2), .WordBits(8), .Entries(4), .InitFile("e.hex"), .PointerFile("p.hex")',
    fetchPorts,
    [entries, pointers],
  );
  reset(s);
  const { fetched, accepted, done } = fetchAll(s, [2, 1, 0, "end"], 16);
  assert.deepEqual(fetched, ["0:bb", "1:cc", "1:aa"]);
  assert.deepEqual([accepted, done], [[0, 3, 5, 7], 7], "cycles max(stored + 1, 2)");
});

test("fetch_bitmap: every row at the end of the step, gated by its bit, cleared for the next", async () => {
  const s = await block("fetch_bitmap", '.Inputs(4), .Groups(2), .WordBits(8), .InitFile("w.hex")', fetchPorts, [
    image,
  ]);
  reset(s);
  const first = fetchAll(s, [2, "end"], 12);
  assert.deepEqual(first.fetched, ["0:0", "1:0", "0:0", "1:0", "0:31", "1:32", "0:0", "1:0"]);
  assert.deepEqual([first.accepted, first.done], [[0, 1], 9]);
  assert.deepEqual(
    fetchAll(s, ["end"], 12).fetched.filter((f) => !f.endsWith(":0")),
    [],
  );
});

test("event_encoder: lowest lane first, one per cycle; an empty word takes one cycle; waits when told", async () => {
  const s = await block("event_encoder", ".Lanes(4), .AddressBits(5)", [
    "input logic clk_i, rst_ni, word_valid_i, event_ready_i",
    "input logic [3:0] word_i",
    "input logic [4:0] word_base_i",
    "output logic ready_o, event_valid_o, idle_o",
    "output logic [4:0] event_address_o",
  ]);
  reset(s);
  s.setInput("event_ready_i", 1);
  assert.deepEqual(cycle(s, { word_valid_i: 1, word_i: 0b1011, word_base_i: 8 }, "ready_o", "idle_o"), [1, 1]);
  assert.deepEqual(cycle(s, { word_i: 0, word_base_i: 12 }, "event_address_o", "ready_o"), [8, 0]);
  assert.deepEqual(cycle(s, { event_ready_i: 0 }, "event_address_o", "ready_o"), [9, 0]);
  assert.deepEqual(cycle(s, { event_ready_i: 1 }, "event_address_o", "ready_o"), [9, 0]);
  assert.deepEqual(cycle(s, {}, "event_address_o", "ready_o"), [11, 1]);
  assert.deepEqual(cycle(s, { word_valid_i: 0 }, "event_valid_o", "ready_o", "idle_o"), [0, 1, 0]);
  assert.deepEqual(cycle(s, {}, "idle_o"), [1]);
});

test("layer_core: sums, shows them to the neurons, emits, clears", async () => {
  const ports = [
    "input logic clk_i, rst_ni, read_i, done_i, done_last_i, room_i, event_ready_i",
    "input logic [0:0] group_i",
    "input logic [7:0] weights_i",
    "input logic [1:0] neuron_spike_i",
    "input logic [11:0] neuron_next_i",
    "output logic accumulating_o, event_valid_o, event_end_o, event_last_o",
    "output logic [11:0] neuron_sum_o, neuron_state_o",
    "output logic [1:0] event_address_o",
  ];
  const s = await block(
    "layer_core",
    ".Events(3), .Lanes(2), .SumGroups(2), .WeightBits(4), .SumBits(6), .StateBits(6)",
    ports,
  );
  reset(s);
  s.setInput("event_ready_i", 1);
  // Group 0 gets weights (3, −2), then (1, 1): sums (4, −1).
  cycle(s, { read_i: 1, group_i: 0 });
  cycle(s, { group_i: 1, weights_i: 0xe3 });
  cycle(s, { group_i: 0, weights_i: 0 });
  cycle(s, { group_i: 1, weights_i: 0x11, done_i: 1, done_last_i: 1 });
  assert.deepEqual(cycle(s, { read_i: 0, done_i: 0, weights_i: 0, room_i: 0 }, "accumulating_o"), [0]);
  cycle(s, { room_i: 1 });
  const [sums] = cycle(s, { neuron_spike_i: 0b10, neuron_next_i: 0x041 }, "neuron_sum_o");
  assert.equal(sums, (0x3f << 6) | 4);
  assert.deepEqual(cycle(s, { neuron_spike_i: 0b01 }, "event_valid_o", "event_address_o", "event_end_o"), [1, 1, 0]);
  assert.deepEqual(cycle(s, {}, "event_valid_o", "event_address_o", "event_end_o"), [1, 2, 0]);
  assert.deepEqual(cycle(s, {}, "event_valid_o", "event_end_o", "event_last_o"), [1, 1, 1]);
  assert.deepEqual(cycle(s, {}, "accumulating_o", "event_valid_o"), [1, 0]);
  // The sample ended: the next step sees zero sums and zero states.
  cycle(s, { done_i: 1, done_last_i: 0 });
  cycle(s, { done_i: 0 });
  assert.deepEqual(cycle(s, {}, "neuron_sum_o", "neuron_state_o"), [0, 0]);
});

test("readout: counts, the lowest class on a tie, a fresh start", async () => {
  const s = await block("readout", ".Classes(3), .CountBits(4)", [
    "input logic clk_i, rst_ni, event_valid_i, event_end_i, event_last_i, result_ready_i",
    "input logic [1:0] event_address_i",
    "output logic event_ready_o, result_valid_o",
    "output logic [15:0] result_data_o",
  ]);
  reset(s);
  const sample = (classes: readonly number[]): number[] => {
    for (const c of classes) cycle(s, { event_valid_i: 1, event_end_i: 0, event_address_i: c });
    cycle(s, { event_valid_i: 1, event_end_i: 1, event_last_i: 0 });
    cycle(s, { event_last_i: 1 });
    s.setInput("event_valid_i", 0);
    const words: number[] = [];
    for (let c = 0; c < 20; c++) {
      const ready = c % 3 === 2 ? 1 : 0;
      const [valid, word] = cycle(s, { result_ready_i: ready }, "result_valid_o", "result_data_o");
      if (valid === 1 && ready === 1) words.push(word!);
    }
    return words;
  };
  assert.deepEqual(sample([2, 1, 2, 1, 0]), [1, 2, 2, 0x8001]);
  assert.deepEqual(sample([2]), [0, 0, 1, 0x8002]);
  assert.deepEqual(sample([]), [0, 0, 0, 0x8000]);
});

test("host_port: spikes and ends through one register, load words to the selected layer", async () => {
  const s = await block("host_port", ".AddressBits(4), .Layers(2)", [
    "input logic clk_i, rst_ni, host_valid_i, event_ready_i",
    "input logic [15:0] host_data_i",
    "output logic host_ready_o, event_valid_o, event_end_o, event_last_o",
    "output logic [3:0] event_address_o",
    "output logic [1:0] load_start_o, load_valid_o",
    "output logic [7:0] load_byte_o",
  ]);
  reset(s);
  assert.deepEqual(cycle(s, { host_valid_i: 1, host_data_i: 9 }, "host_ready_o", "event_valid_o"), [1, 0]);
  assert.deepEqual(
    cycle(s, { host_data_i: 0x4001, event_ready_i: 0 }, "host_ready_o", "event_valid_o", "event_address_o"),
    [0, 1, 9],
  );
  assert.deepEqual(cycle(s, { event_ready_i: 1 }, "host_ready_o"), [1]);
  assert.deepEqual(cycle(s, { host_data_i: 0x8001 }, "event_end_o", "event_last_o", "load_start_o"), [1, 1, 2]);
  assert.deepEqual(cycle(s, { host_data_i: 0xc0ab }, "event_valid_o", "load_valid_o", "load_byte_o"), [0, 2, 0xab]);
});
