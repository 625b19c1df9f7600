// Takes 16-bit words from the host: spikes and ends of steps go to the first layer through one register, load words to the
// selected weight memory. Word format: `spikeWord`, `endWord`, `selectWord`, `loadWord`.
module host_port #(
  parameter int unsigned AddressBits = 10,
  parameter int unsigned Layers = 2
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   host_valid_i,
  output logic                   host_ready_o,
  input  logic [15:0]            host_data_i,
  output logic                   event_valid_o,
  input  logic                   event_ready_i,
  output logic                   event_end_o,
  output logic                   event_last_o,
  output logic [AddressBits-1:0] event_address_o,
  output logic [Layers-1:0]      load_start_o,
  output logic [Layers-1:0]      load_valid_o,
  output logic [7:0]             load_byte_o
);
  logic        valid_q;
  logic [14:0] event_q;
  logic [13:0] selected_q;
  logic        accept, is_event, is_select, is_load;
  logic        unused_bits;

  assign host_ready_o = !valid_q || event_ready_i;
  assign accept       = host_valid_i && host_ready_o;
  assign is_event     = accept && !host_data_i[15];
  assign is_select    = accept && host_data_i[15:14] == 2'b10;
  assign is_load      = accept && host_data_i[15:14] == 2'b11;
  assign load_byte_o  = host_data_i[7:0];
  assign unused_bits  = ^event_q;

  for (genvar i = 0; i < int'(Layers); i++) begin : gen_load
    assign load_start_o[i] = is_select && host_data_i[13:0] == 14'(i);
    assign load_valid_o[i] = is_load && selected_q == 14'(i);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q    <= 1'b0;
      event_q    <= '0;
      selected_q <= '0;
    end else begin
      if (host_ready_o) valid_q <= is_event;
      if (is_event) event_q <= host_data_i[14:0];
      if (is_select) selected_q <= host_data_i[13:0];
    end
  end

  assign event_valid_o   = valid_q;
  assign event_end_o     = event_q[14];
  assign event_last_o    = event_q[14] && event_q[0];
  assign event_address_o = event_q[AddressBits-1:0];
endmodule
