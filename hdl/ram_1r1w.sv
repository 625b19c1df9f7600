// One read port, one write port, registered read; zero at start unless a file is given. Reads the old word when both ports meet at one address, so users keep
// them apart. Lies in block RAM.
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
  (* ram_style = "block" *)
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
endmodule
