import assert from "node:assert/strict";
import { test } from "node:test";
import { applyMutation, mutationsOf, type RtlDesign } from "./index.ts";

const source = `// a + b
module block #(
  parameter int unsigned Depth = 16
) (
  output logic out_valid_o
);
  assign out_valid_o = count_q == 2'd3;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
    end else if (step_i && ready_i) begin
      count_q <= count_q + 1'b1;
    end
  end
\`ifndef SYNTHESIS
  assert (count_q != 2'd2);
\`endif
endmodule
`;
const design: RtlDesign = {
  kind: "rtl-design",
  core: "block",
  top: "top",
  files: [
    { name: "block.sv", text: source },
    { name: "weights.hex", text: "// 2 words\n0a\n" },
  ],
  layerCount: 1,
  loadWords: new Uint16Array(),
};

test("every operator finds its places, and nothing outside the logic", () => {
  const found = mutationsOf(design).map((m) => `${m.file}:${m.line} ${m.operator}: ${m.before} > ${m.after}`);
  assert.deepEqual(found, [
    "block.sv:12 arithmetic: + > -",
    "block.sv:7 comparison: == > !=",
    "block.sv:11 logic: && > ||",
    "block.sv:7 constant: 2'd3 > 2'd2",
    "block.sv:12 constant: 1'b1 > 1'b0",
    "block.sv:10 reset value: '0 > '1",
    "block.sv:9 negated condition: (!rst_ni) > (!(!rst_ni))",
    "block.sv:11 negated condition: (step_i && ready_i) > (!(step_i && ready_i))",
    "block.sv:10 dropped assignment: count_q <= '0 > ",
    "block.sv:12 dropped assignment: count_q <= count_q + 1'b1 > ",
    "block.sv:7 handshake tied: count_q == 2'd3 > 1'b1",
    "block.sv:7 handshake tied: count_q == 2'd3 > 1'b0",
    "weights.hex:2 memory bit: 0 > 1",
    "weights.hex:2 memory bit: a > 8",
  ]);
});

test("a fault changes its own characters only", () => {
  for (const mutation of mutationsOf(design)) {
    const changed = applyMutation(design, mutation).files.find(({ name }) => name === mutation.file)?.text ?? "";
    const before = design.files.find(({ name }) => name === mutation.file)?.text ?? "";
    const end = mutation.start + mutation.before.length;
    assert.equal(before.slice(mutation.start, end), mutation.before);
    assert.equal(changed, before.slice(0, mutation.start) + mutation.after + before.slice(end));
  }
});
