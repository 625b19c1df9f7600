// One read port, one write port, registered read; zero at start unless a file is given. Lies in block RAM. What is read from
// an address in the very cycle in which it is written is not defined, so users keep the two apart; an assertion watches them.
module ram_1r1w #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 16,
  parameter string InitFile = "",
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
  (* ram_style = "block", no_rw_check *)
  logic [Width-1:0] mem [Depth];

  initial begin
    if (InitFile != "") begin
      $readmemh(InitFile, mem);
    end else begin
      for (int i = 0; i < int'(Depth); i++) mem[i] = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (write_i) mem[write_address_i] <= write_data_i;
    if (read_i) read_data_o <= mem[read_address_i];
  end

`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    assert (!(read_i && write_i && read_address_i == write_address_i)) else $error("ram_1r1w: read meets write");
  end
`endif
endmodule
