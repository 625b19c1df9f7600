// Turns a word of spike bits into events, lowest lane first, one per cycle. A word stays for max(1, spikes) cycles.
module event_encoder #(
  parameter int unsigned Lanes = 8,
  parameter int unsigned AddressBits = 7
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // Takes a word in this cycle; everything before it may advance.
  output logic                   ready_o,
  input  logic                   word_valid_i,
  input  logic [Lanes-1:0]       word_i,
  input  logic [AddressBits-1:0] word_base_i,
  output logic                   event_valid_o,
  input  logic                   event_ready_i,
  output logic [AddressBits-1:0] event_address_o,
  // No word is held.
  output logic                   idle_o
);
  logic                   valid_q;
  logic [Lanes-1:0]       pending_q, rest;
  logic [AddressBits-1:0] base_q;
  logic [AddressBits-1:0] lane;

  assign rest          = pending_q & (pending_q - 1'b1);
  assign event_valid_o = valid_q && pending_q != '0;
  assign ready_o       = !valid_q || pending_q == '0 || (rest == '0 && event_ready_i);
  assign idle_o        = !valid_q;

  always_comb begin
    lane = '0;
    for (int i = Lanes - 1; i >= 0; i--) begin
      if (pending_q[i]) lane = AddressBits'(i);
    end
  end
  assign event_address_o = base_q + lane;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q   <= 1'b0;
      pending_q <= '0;
      base_q    <= '0;
    end else if (ready_o) begin
      valid_q   <= word_valid_i;
      pending_q <= word_valid_i ? word_i : '0;
      base_q    <= word_base_i;
    end else if (event_ready_i) begin
      pending_q <= rest;
    end
  end
endmodule
