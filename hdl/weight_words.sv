// A `weight_rom`; with `Parity` its words carry one more bit on top that makes the number of ones even, and a damaged word reads as 0.
module weight_words #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 1024,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  parameter bit Parity = 1'b0,
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] address_i,
  output logic [Width-1:0]       data_o,
  // `data_o` stands for a damaged word.
  output logic                   damaged_o,
  input  logic                   load_start_i,
  input  logic                   load_valid_i,
  input  logic [7:0]             load_byte_i
);
  localparam int unsigned Stored = Parity ? Width + 1 : Width;
  logic [Stored-1:0] stored;

  weight_rom #(.Width(Stored), .Depth(Depth), .SinglePort(SinglePort), .InitFile(InitFile)) u_rom (
    .clk_i,
    .rst_ni,
    .read_i,
    .address_i,
    .data_o(stored),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );

  if (Parity) begin : gen_parity
    assign damaged_o = ^stored;
    assign data_o    = damaged_o ? '0 : stored[Width-1:0];
  end else begin : gen_plain
    assign damaged_o = 1'b0;
    assign data_o    = stored;
  end
endmodule
