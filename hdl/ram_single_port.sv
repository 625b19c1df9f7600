// One port for reading and writing, registered read, no initial content: the large RAMs of iCE40 UltraPlus, loaded over the
// host port.
module ram_single_port #(
  parameter int unsigned Width = 16,
  parameter int unsigned Depth = 16384,
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] address_i,
  input  logic [Width-1:0]       write_data_i,
  output logic [Width-1:0]       read_data_o
);
  (* ram_style = "huge" *)
  logic [Width-1:0] mem [Depth];

  always_ff @(posedge clk_i) begin
    if (write_i) mem[address_i] <= write_data_i;
    else read_data_o <= mem[address_i];
  end
endmodule
