// Words of spikes as a stream of events; behind the last word of a sample, its end.
module word_sender #(
  parameter int unsigned Lanes = 8,
  parameter int unsigned AddressBits = 7
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   word_valid_i,
  output logic                   word_ready_o,
  input  logic [Lanes-1:0]       word_i,
  input  logic [AddressBits-1:0] word_base_i,
  input  logic                   word_last_i,
  output logic                   event_valid_o,
  input  logic                   event_ready_i,
  output logic                   event_end_o,
  output logic                   event_last_o,
  output logic [AddressBits-1:0] event_address_o,
  // Nothing waits to be sent.
  output logic                   idle_o
);
  logic closing_q, encoder_ready, encoder_idle, spike_valid;

  assign word_ready_o  = encoder_ready && !closing_q;
  assign event_end_o   = closing_q && encoder_idle;
  assign event_last_o  = event_end_o;
  assign event_valid_o = spike_valid || event_end_o;
  assign idle_o        = encoder_idle && !closing_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) closing_q <= 1'b0;
    else if (word_valid_i && word_ready_o) closing_q <= word_last_i;
    else if (event_end_o && event_ready_i) closing_q <= 1'b0;
  end

  event_encoder #(.Lanes(Lanes), .AddressBits(AddressBits)) u_encoder (
    .clk_i,
    .rst_ni,
    .ready_o(encoder_ready),
    .word_valid_i(word_valid_i && !closing_q),
    .word_i,
    .word_base_i,
    .event_valid_o(spike_valid),
    .event_ready_i,
    .event_address_o,
    .idle_o(encoder_idle)
  );
endmodule
