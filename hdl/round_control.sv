// The barrier of a clocked network: a round starts when every layer is idle, everything that left is sent, and there is a step of
// input, or a sample on its way out that needs no more of it.
module round_control #(
  parameter int unsigned Layers = 2
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              full_i,
  input  logic              last_i,
  input  logic [Layers-1:0] idle_i,
  input  logic              sent_i,
  // The last layer updates its neurons for the last step of a sample.
  input  logic              done_i,
  output logic              start_o,
  // The first layer takes the step of input in this round.
  output logic              take_o
);
  logic draining_q;

  assign start_o = idle_i == '1 && sent_i && (draining_q || full_i);
  assign take_o  = start_o && !draining_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) draining_q <= 1'b0;
    else if (done_i) draining_q <= 1'b0;
    else if (take_o && last_i) draining_q <= 1'b1;
  end
endmodule
