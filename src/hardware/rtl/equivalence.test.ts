import assert from "node:assert/strict";
import { test } from "node:test";
import { nodePlatform } from "../../platform/node/index.ts";
import { elaboratePlain, isEquivalent } from "./equivalence.ts";
import type { Netlist } from "./netlist.ts";

/** A counter with a handshake; `body` is what it does with its register. */
function counter(next: string, shown: string): Promise<Netlist> {
  const text = `module m (input logic clk_i, rst_ni, step_i, output logic count_valid_o, output logic [2:0] count_data_o);
  logic [2:0] count_q;
  assign count_valid_o = count_q[2];
  assign count_data_o  = ${shown};
  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= '0;
    else if (step_i) count_q <= ${next};
  end
endmodule\n`;
  return elaboratePlain(nodePlatform, [{ name: "m.sv", text }], "m");
}

test("versions that nobody outside can tell apart, and versions that differ", async () => {
  const gold = await counter("count_q + 3'd1", "count_q");
  const same = async (next: string, shown: string): Promise<boolean> =>
    isEquivalent(nodePlatform, gold, await counter(next, shown));
  assert.equal(await same("count_q - 3'd7", "count_q"), true, "the same sum modulo 8");
  assert.equal(
    await same("count_q + 3'd1", "count_q[2] ? count_q : 3'd5"),
    true,
    "data count only while they are valid",
  );
  assert.equal(await same("count_q + 3'd1", "count_q ^ 3'd1"), false);
  assert.equal(await same("count_q + 3'd2", "count_q"), false);
});
