// Quotient and remainder of every dividend.
module divide_constant_proof #(
  parameter int unsigned Bits = 8,
  parameter int unsigned Divisor = 3
) (
  input logic            clk_i,
  input logic            rst_ni,
  input logic [Bits-1:0] dividend_i
);
  logic [Bits-1:0] quotient, remainder;
  divide_constant #(.Bits(Bits), .Divisor(Divisor), .QuotientBits(Bits), .RemainderBits(Bits)) u_divide (
    .dividend_i, .quotient_o(quotient), .remainder_o(remainder)
  );
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (remainder < Bits'(Divisor)) else $error("the remainder is too large");
      assert ((2 * Bits)'(quotient) * (2 * Bits)'(Divisor) + (2 * Bits)'(remainder) == (2 * Bits)'(dividend_i))
        else $error("quotient and remainder do not make the dividend");
    end
  end
endmodule
