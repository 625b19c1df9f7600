// A `ram_1r1w` that starts with zeros, or with `Triple` three of them whose words are voted bit by bit: a flipped or stuck bit in one
// of them does no harm.
module ram_protected #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 16,
  parameter bit Triple = 1'b0,
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]       read_data_o,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       write_data_i
);
  localparam int unsigned Copies = Triple ? 3 : 1;
  logic [Copies-1:0][Width-1:0] words;

  for (genvar i = 0; i < int'(Copies); i++) begin : gen_copy
    // Equal copies would be merged by synthesis.
    (* keep *)
    ram_1r1w #(.Width(Width), .Depth(Depth)) u_ram (
      .clk_i,
      .read_i,
      .read_address_i,
      .read_data_o(words[i]),
      .write_i,
      .write_address_i,
      .write_data_i
    );
  end

  if (Triple) begin : gen_vote
    assign read_data_o = (words[0] & words[1]) | (words[0] & words[2]) | (words[1] & words[2]);
  end else begin : gen_plain
    assign read_data_o = words[0];
  end
endmodule
