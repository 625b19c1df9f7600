// AXI4-Lite in front of the plain bus: one transfer at a time, writes first. Responses are always OKAY, strobes are ignored: every
// register is written whole.
module axi_lite_bus #(
  parameter int unsigned AddressBits = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   s_axi_awvalid_i,
  output logic                   s_axi_awready_o,
  input  logic [AddressBits-1:0] s_axi_awaddr_i,
  input  logic                   s_axi_wvalid_i,
  output logic                   s_axi_wready_o,
  input  logic [31:0]            s_axi_wdata_i,
  input  logic [3:0]             s_axi_wstrb_i,
  output logic                   s_axi_bvalid_o,
  input  logic                   s_axi_bready_i,
  output logic [1:0]             s_axi_bresp_o,
  input  logic                   s_axi_arvalid_i,
  output logic                   s_axi_arready_o,
  input  logic [AddressBits-1:0] s_axi_araddr_i,
  output logic                   s_axi_rvalid_o,
  input  logic                   s_axi_rready_i,
  output logic [31:0]            s_axi_rdata_o,
  output logic [1:0]             s_axi_rresp_o,
  output logic                   bus_valid_o,
  input  logic                   bus_ready_i,
  output logic                   bus_write_o,
  output logic [AddressBits-1:0] bus_address_o,
  output logic [31:0]            bus_data_o,
  input  logic [31:0]            bus_data_i
);
  logic        written_q, read_q, write, read, unused_strobes;
  logic [31:0] data_q;

  // A response must leave before the next transfer of its kind.
  assign write           = s_axi_awvalid_i && s_axi_wvalid_i && !written_q;
  assign read            = s_axi_arvalid_i && !read_q && !write;
  assign bus_valid_o     = write || read;
  assign bus_write_o     = write;
  assign bus_address_o   = write ? s_axi_awaddr_i : s_axi_araddr_i;
  assign bus_data_o      = s_axi_wdata_i;
  assign s_axi_awready_o = write && bus_ready_i;
  assign s_axi_wready_o  = write && bus_ready_i;
  assign s_axi_arready_o = read && bus_ready_i;
  assign s_axi_bvalid_o  = written_q;
  assign s_axi_rvalid_o  = read_q;
  assign s_axi_rdata_o   = data_q;
  assign s_axi_bresp_o   = 2'b00;
  assign s_axi_rresp_o   = 2'b00;
  assign unused_strobes  = ^s_axi_wstrb_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      written_q <= 1'b0;
      read_q    <= 1'b0;
      data_q    <= '0;
    end else begin
      if (write && bus_ready_i) written_q <= 1'b1;
      else if (s_axi_bready_i) written_q <= 1'b0;
      if (read && bus_ready_i) begin
        read_q <= 1'b1;
        data_q <= bus_data_i;
      end else if (s_axi_rready_i) read_q <= 1'b0;
    end
  end
endmodule
