// Collects the events of a step as one bit per input. When the end of the step has come, the vector waits to be taken; events of
// the next step are accepted behind it.
module spike_register #(
  parameter int unsigned Inputs = 64,
  localparam int unsigned InputBits = Inputs > 1 ? $clog2(Inputs) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 event_valid_i,
  output logic                 event_ready_o,
  input  logic                 event_end_i,
  input  logic                 event_last_i,
  input  logic [InputBits-1:0] event_address_i,
  // The step is whole; `last_o` with its last step of a sample.
  output logic                 full_o,
  output logic                 last_o,
  output logic [Inputs-1:0]    spikes_o,
  input  logic                 take_i
);
  logic              full_q, last_q, accept;
  logic [Inputs-1:0] spikes_q;

  assign event_ready_o = !full_q;
  assign accept        = event_valid_i && event_ready_o;
  assign full_o        = full_q;
  assign last_o        = last_q;
  assign spikes_o      = spikes_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q   <= 1'b0;
      last_q   <= 1'b0;
      spikes_q <= '0;
    end else if (full_q) begin
      if (take_i) begin
        full_q   <= 1'b0;
        spikes_q <= '0;
      end
    end else if (accept) begin
      full_q <= event_end_i;
      last_q <= event_last_i;
      for (int unsigned i = 0; i < Inputs; i++) begin
        if (!event_end_i && event_address_i == InputBits'(i)) spikes_q[i] <= 1'b1;
      end
    end
  end
endmodule
