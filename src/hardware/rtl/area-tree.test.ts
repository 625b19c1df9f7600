import assert from "node:assert/strict";
import { test } from "node:test";
import { areaTree, technologies, type AreaNode } from "./index.ts";

const cells = {
  "u_core.u_layer_0.sum_q_LUT4_Z": "LUT4",
  "u_core.u_layer_0.u_states.gen_copy[0].u_ram.mem.0.0": "DP16KD",
  "u_core.gen_neuron_l0[2].u_neuron.state_o_LUT4_Z_1": "LUT4",
  "u_core.l1_ready_PFUMX_Z": "PFUMX",
  "u_core.in1_valid_TRELLIS_FF_Q": "TRELLIS_FF",
  "u_core.u_readout.best_q_TRELLIS_FF_Q": "TRELLIS_FF",
  "u_core.load_start_LUT4_Z": "LUT4",
  $abc$12$lut$3: "LUT4",
};
const netlist = JSON.stringify({
  modules: {
    top: { cells: Object.fromEntries(Object.entries(cells).map(([name, type]) => [name, { type }])) },
  },
});
const counted = { LUT4: 4, DP16KD: 1, PFUMX: 1, TRELLIS_FF: 2 };

function linesOf({ name, counts, parts }: AreaNode, indent = ""): string[] {
  return [`${indent}${name} ${counts.join(" ")}`, ...parts.flatMap((part) => linesOf(part, `${indent}  `))];
}

test("cells lie in the layers and instances that they are called after, and the rest is shared", () => {
  const synthesis = { cells: counted, resources: [], version: "yosys", netlist };
  // LUT4, carries, flip-flops, distributed RAMs, block RAMs, DSPs, others.
  assert.deepEqual(linesOf(areaTree(synthesis, "top", technologies.ecp5, ["hidden1", "output"])), [
    "design 4 0 2 0 1 0 1",
    '  layer 0 "hidden1" 2 0 0 0 1 0 0',
    "    u_layer_0 1 0 0 0 1 0 0",
    "      u_states 0 0 0 0 1 0 0",
    "        u_ram 0 0 0 0 1 0 0",
    "    u_neuron 1 0 0 0 0 0 0",
    '  layer 1 "output" 0 0 1 0 0 0 1',
    "  shared after optimization, and pads 2 0 0 0 0 0 0",
    "  u_readout 0 0 1 0 0 0 0",
  ]);
});

test("a tree that does not hold what the tool counted is refused", () => {
  const synthesis = { cells: { ...counted, LUT4: 5 }, resources: [], version: "yosys", netlist };
  assert.throws(() => areaTree(synthesis, "top", technologies.ecp5, []), /holds 8 cells, Yosys counted 9/);
});
