// Quotient and remainder of a division by a constant: a shift where that is enough, otherwise a multiplication by the
// reciprocal 2^Shift / Divisor, rounded up, which is exact for every dividend of `Bits` bits.
module divide_constant #(
  parameter int unsigned Bits = 10,
  parameter int unsigned Divisor = 3,
  parameter int unsigned QuotientBits = 9,
  parameter int unsigned RemainderBits = 2
) (
  input  logic [Bits-1:0]          dividend_i,
  output logic [QuotientBits-1:0]  quotient_o,
  output logic [RemainderBits-1:0] remainder_o
);
  localparam int unsigned Log = $clog2(Divisor);
  localparam int unsigned Shift = Bits + Log;

  if (Divisor == 1) begin : gen_whole
    assign quotient_o  = QuotientBits'(dividend_i);
    assign remainder_o = '0;
  end else if (2 ** Log == Divisor) begin : gen_shift
    assign quotient_o  = QuotientBits'(dividend_i >> Log);
    assign remainder_o = RemainderBits'(dividend_i[Log-1:0]);
  end else begin : gen_reciprocal
    localparam int unsigned ProductBits = Shift + Bits + 1;
    localparam logic [ProductBits-1:0] Reciprocal =
        (ProductBits'(1) << Shift) / ProductBits'(Divisor) + ProductBits'(1);
    logic [Bits-1:0] whole;
    assign whole       = Bits'((ProductBits'(dividend_i) * Reciprocal) >> Shift);
    assign quotient_o  = QuotientBits'(whole);
    assign remainder_o = RemainderBits'(dividend_i - whole * Bits'(Divisor));
  end
endmodule
