// Adds to each of `Lanes` sums its bias, from a read-only memory of one word of biases per word of a position. Without a file the sums
// pass as they are. The biases of the word that is read belong to the sums of the next cycle.
module biased_sums #(
  parameter int unsigned Lanes = 8,
  parameter int unsigned Words = 1,
  parameter int unsigned SumBits = 12,
  parameter int unsigned BiasBits = 1,
  parameter string BiasFile = "",
  parameter bit Saturate = 1'b0,
  localparam int unsigned WordBits = Words > 1 ? $clog2(Words) : 1
) (
  input  logic                     clk_i,
  input  logic                     read_i,
  input  logic [WordBits-1:0]      word_i,
  input  logic [Lanes*SumBits-1:0] sums_i,
  output logic [Lanes*SumBits-1:0] sums_o
);
  if (BiasFile != "") begin : gen_bias
    logic [Lanes*BiasBits-1:0] bias;
    ram_1r1w #(.Width(Lanes * BiasBits), .Depth(Words), .InitFile(BiasFile)) u_bias (
      .clk_i,
      .read_i,
      .read_address_i(word_i),
      .read_data_o(bias),
      .write_i(1'b0),
      .write_address_i('0),
      .write_data_i('0)
    );
    for (genvar i = 0; i < int'(Lanes); i++) begin : gen_lane
      add_format #(.SumBits(SumBits), .TermBits(BiasBits), .Saturate(Saturate)) u_add (
        .sum_i(sums_i[i*SumBits+:SumBits]),
        .term_i(bias[i*BiasBits+:BiasBits]),
        .sum_o(sums_o[i*SumBits+:SumBits])
      );
    end
  end else begin : gen_no_bias
    logic unused;
    assign unused = ^{clk_i, read_i, word_i};
    assign sums_o = sums_i;
  end
endmodule
