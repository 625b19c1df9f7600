// Doors to the core: a processor at the bus, or behind AXI4-Lite or AXI4-Stream, gets what the golden model says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countRow } from "../../model/tensor/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { arriving } from "../golden/index.ts";
import {
  compileSimulator,
  decisionFlag,
  hdlFiles,
  registerIdentity,
  registerMap,
  registerPackage,
  sampleWords,
  type RtlSimulator,
} from "../rtl/index.ts";
import { prepareShape, shapeCases } from "./conformance-shapes.ts";
import { withHostDoor, type HostDoor } from "./index.ts";

const prepared = prepareShape("host", shapeCases["a recurrent layer alone"]!);
const { mapping, trace, network } = prepared;
const registers = registerMap(network.layers.length);
const offsetOf = (name: string): number => registers.find((register) => register.name === name)!.offset;
const samples = 3;

async function open(door: HostDoor): Promise<RtlSimulator> {
  const design = withHostDoor(mapping, prepared.design, door);
  const simulator = await compileSimulator(nodePlatform, design.files, design.top);
  simulator.setInput("rst_ni", 0);
  simulator.cycle();
  simulator.setInput("rst_ni", 1);
  return simulator;
}

/** One transfer; returns what was read. */
type Transfer = (s: RtlSimulator, write: boolean, address: number, data?: number) => number;

const onBus: Transfer = (s, write, address, data = 0) => {
  s.setInput("bus_valid_i", 1);
  s.setInput("bus_write_i", write ? 1 : 0);
  s.setInput("bus_address_i", address);
  s.setInput("bus_data_i", data);
  do s.cycle();
  while (s.output("bus_ready_o") !== 1);
  s.setInput("bus_valid_i", 0);
  return s.output("bus_data_o") >>> 0;
};

/** Waits for a signal, one cycle at least. */
function until(s: RtlSimulator, signal: string): void {
  for (let i = 0; i < 10_000; i++) {
    s.cycle();
    if (s.output(signal) === 1) return;
  }
  assert.fail(`${signal} never came`);
}

const onAxi: Transfer = (s, write, address, data = 0) => {
  const valid = write ? ["s_axi_awvalid_i", "s_axi_wvalid_i"] : ["s_axi_arvalid_i"];
  s.setInput(write ? "s_axi_awaddr_i" : "s_axi_araddr_i", address);
  s.setInput("s_axi_wdata_i", data);
  for (const name of valid) s.setInput(name, 1);
  until(s, write ? "s_axi_awready_o" : "s_axi_arready_o");
  for (const name of valid) s.setInput(name, 0);
  s.setInput(write ? "s_axi_bready_i" : "s_axi_rready_i", 1);
  until(s, write ? "s_axi_bvalid_o" : "s_axi_rvalid_o");
  const read = s.output("s_axi_rdata_o") >>> 0;
  s.setInput(write ? "s_axi_bready_i" : "s_axi_rready_i", 0);
  return read;
};

for (const [door, transfer] of [
  ["bus", onBus],
  ["axi-lite", onAxi],
] as const) {
  test(`${door}: samples through registers, and counters that count`, async () => {
    const s = await open(door);
    const read = (name: string, i = 0): number => transfer(s, false, offsetOf(name) + 4 * i);
    assert.equal(read("id"), registerIdentity);
    assert.equal(read("shape"), (network.layers.length << 16) | network.inputCount);
    transfer(s, true, offsetOf("control"), 1);
    const input = arriving(network, trace, 0);
    const classes = network.layers.at(-1)!.neuronCount;
    for (let sample = 0; sample < samples; sample++) {
      for (const word of sampleWords(input, sample)) transfer(s, true, offsetOf("host"), word);
      const words: number[] = [];
      while (((words.at(-1) ?? 0) & decisionFlag) === 0) {
        const result = read("result");
        if (result >>> 31 === 1) words.push(result & 0xffff);
      }
      const counts = trace.counts.subarray(sample * classes, (sample + 1) * classes);
      assert.deepEqual(words, [...counts, decisionFlag | trace.decisions[sample]!]);
    }
    const spikes = trace.layers[0]!;
    let expected = 0;
    for (let t = 0; t < trace.stepCount; t++) for (let n = 0; n < samples; n++) expected += countRow(spikes, t, n);
    assert.ok(expected > 0);
    assert.equal(read("spikes"), expected);
    assert.equal(read("samples"), samples);
    assert.ok(read("cycles") > 0 && read("stalls") > 0, "the host is faster than the core");
    transfer(s, true, offsetOf("control"), 1);
    assert.equal(read("spikes"), 0);
  });
}

test("axi-stream: words in, results out, the decision is last", async () => {
  const s = await open("axi-stream");
  const words = sampleWords(arriving(network, trace, 0), 4);
  let sent = 0;
  const got: number[] = [];
  s.setInput("m_axis_tready_i", 1);
  for (let cycle = 0, last = 0; last === 0 && cycle < 20_000; cycle++) {
    s.setInput("s_axis_tvalid_i", sent < words.length ? 1 : 0);
    s.setInput("s_axis_tdata_i", words[sent] ?? 0);
    s.cycle();
    if (sent < words.length && s.output("s_axis_tready_o") === 1) sent++;
    if (s.output("m_axis_tvalid_o") === 1) {
      got.push(s.output("m_axis_tdata_o"));
      last = s.output("m_axis_tlast_o");
    }
  }
  const classes = network.layers.at(-1)!.neuronCount;
  assert.deepEqual(got, [...trace.counts.subarray(4 * classes, 5 * classes), decisionFlag | trace.decisions[4]!]);
});

test("hdl/lacuna_registers.sv is what the definition says", () => {
  assert.equal(hdlFiles["lacuna_registers.sv"], registerPackage());
});
