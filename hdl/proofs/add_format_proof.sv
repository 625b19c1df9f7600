// The sum where it fits; outside, the nearest end of the format.
module add_format_proof #(
  parameter int unsigned SumBits = 12,
  parameter int unsigned TermBits = 4
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [SumBits-1:0]  sum_i,
  input logic [TermBits-1:0] term_i
);
  localparam int unsigned Wide = SumBits + TermBits + 1;
  localparam logic signed [Wide-1:0] Low = -(Wide'(1) <<< (SumBits - 1));
  localparam logic signed [Wide-1:0] High = (Wide'(1) <<< (SumBits - 1)) - Wide'(1);

  logic [SumBits-1:0]      limited, wrapped;
  logic signed [Wide-1:0]  exact, got;
  add_format #(.SumBits(SumBits), .TermBits(TermBits), .Saturate(1'b1)) u_limit (.sum_i, .term_i, .sum_o(limited));
  add_format #(.SumBits(SumBits), .TermBits(TermBits)) u_wrap (.sum_i, .term_i, .sum_o(wrapped));

  assign exact = Wide'($signed(sum_i)) + Wide'($signed(term_i));
  assign got   = Wide'($signed(limited));

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (exact >= Low || got == Low) else $error("below the format, and not its lowest value");
      assert (exact <= High || got == High) else $error("above the format, and not its highest value");
      assert (exact < Low || exact > High || got == exact) else $error("a sum that fits is changed");
      assert (wrapped == exact[SumBits-1:0]) else $error("without saturation the sum does not wrap");
    end
  end
endmodule
