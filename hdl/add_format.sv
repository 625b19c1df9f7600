// Adds a signed term to a sum of fixed width. What does not fit wraps, or with `Saturate` stops at the end of the format.
module add_format #(
  parameter int unsigned SumBits = 12,
  parameter int unsigned TermBits = 4,
  parameter bit Saturate = 1'b0
) (
  input  logic [SumBits-1:0]  sum_i,
  input  logic [TermBits-1:0] term_i,
  output logic [SumBits-1:0]  sum_o
);
  if (Saturate) begin : gen_saturate
    // Wide enough for any sum; it fits when all bits above the format's repeat its sign.
    localparam int unsigned Wide = (SumBits > TermBits ? SumBits : TermBits) + 1;
    logic signed [Wide-1:0]   wide;
    logic [Wide-SumBits:0]    above;
    assign wide  = Wide'($signed(sum_i)) + Wide'($signed(term_i));
    assign above = wide[Wide-1:SumBits-1];
    assign sum_o = (&above || ~|above) ? wide[SumBits-1:0] : {wide[Wide-1], {(SumBits - 1) {~wide[Wide-1]}}};
  end else begin : gen_wrap
    assign sum_o = $signed(sum_i) + SumBits'($signed(term_i));
  end
endmodule
