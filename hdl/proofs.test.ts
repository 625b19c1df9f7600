// Proofs of blocks, and that a broken block is refuted. `npm run prove` runs all of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { blockProofs, hdlFiles, proveModule, type ProofReport } from "../src/hardware/rtl/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";

function prove(block: string, change = (text: string): string => text): Promise<ProofReport> {
  const proof = blockProofs.find((item) => item.block === block)!;
  const text = hdlFiles[`${block}.sv`]!;
  const changed = change(text);
  const files = [
    { name: `${block}.sv`, text: changed },
    { name: "ram_1r1w.sv", text: hdlFiles["ram_1r1w.sv"]! },
    { name: `${proof.top}.sv`, text: readFileSync(`hdl/proofs/${proof.top}.sv`, "utf8") },
  ];
  return proveModule(nodePlatform, files, proof);
}

test("what is proven for ever, and what is refuted when one operator changes", async () => {
  assert.equal((await prove("recurrent_join")).verdict, "proven");
  assert.equal((await prove("host_port")).verdict, "proven");
  const unfair = await prove("recurrent_join", (text) => text.replace("own_ready_o   = 1'b0", "own_ready_o   = 1'b1"));
  assert.equal(unfair.verdict, "violated");
});

for (const [block, before, after] of [
  ["event_encoder", "pending_q - 1'b1", "pending_q - 2'd2"],
  ["event_fifo", "steps_q != 2'd0", "1'b1"],
  ["readout", "count > best_q", "count >= best_q"],
  ["divide_constant", "+ ProductBits'(1)", ""],
  ["add_format", "{(SumBits - 1) {~wide[Wide-1]}}", "{(SumBits - 1) {wide[Wide-1]}}"],
  ["update_walk", "GroupBits'(Groups - 1)", "GroupBits'(Groups - 2)"],
] as const) {
  test(`a broken ${block} is refuted`, async () => {
    const broken = await prove(block, (text) => text.replace(before, after));
    assert.ok(hdlFiles[`${block}.sv`]!.includes(before), "the block changed: change the test");
    assert.equal(broken.verdict, "violated");
  });
}
