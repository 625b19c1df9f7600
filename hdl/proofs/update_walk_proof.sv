// A pass visits every group of its windows once in `Steps` steps: the end comes after exactly so many, and no group is outside.
module update_walk_proof #(
  parameter int unsigned Groups = 24,
  parameter int unsigned Words = 1,
  parameter int unsigned Window = 2,
  parameter int unsigned Rows = 2,
  parameter int unsigned Columns = 3,
  parameter int unsigned GridColumns = 6,
  parameter int unsigned Steps = 24
) (
  input logic clk_i,
  input logic rst_ni,
  input logic step_i
);
  localparam int unsigned GroupBits = $clog2(Groups);
  localparam int unsigned WordBits = Words > 1 ? $clog2(Words) : 1;

  logic [GroupBits-1:0] group;
  logic [WordBits-1:0]  word;
  logic                 first, final_one, last;
  logic [7:0]           taken_q;
  logic [Groups-1:0]    seen_q;

  update_walk #(
    .Groups(Groups), .Words(Words), .Window(Window), .Rows(Rows), .Columns(Columns), .GridColumns(GridColumns)
  ) u_walk (
    .clk_i, .rst_ni, .step_i, .group_o(group), .word_o(word), .first_o(first), .final_o(final_one), .last_o(last)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      taken_q <= '0;
      seen_q  <= '0;
    end else begin
      if (step_i) taken_q <= last ? '0 : taken_q + 1'b1;
      if (step_i) seen_q <= last ? '0 : seen_q | (Groups'(1) << group);
      assert (32'(group) < Groups) else $error("a group outside");
      assert (!seen_q[group]) else $error("a group twice");
      assert (last == (taken_q == 8'(Steps - 1))) else $error("the pass is too short or too long");
      assert (first == (32'(taken_q) % (Window * Window) == 0)) else $error("first of a window");
      assert (final_one == (32'(taken_q) % (Window * Window) == Window * Window - 1)) else $error("last of a window");
    end
  end
endmodule
