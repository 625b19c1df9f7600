// Events between two layers. The reader sees a step only when its end token is inside (hand-over by whole steps); `room_o`
// tells the writer that fewer than two whole steps are waiting, so that a FIFO of 2 · (neurons + 1) tokens never overflows.
module event_fifo #(
  parameter int unsigned Width = 10,
  parameter int unsigned Depth = 256,
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  input  logic             in_end_i,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic             out_end_o,
  output logic [Width-1:0] out_data_o,
  output logic             room_o
);
  logic [AddressBits-1:0] write_q, read_q;
  logic [1:0]             steps_q;
  logic                   valid_q;
  logic                   pop, pop_end, push_end, fetch;

  assign out_valid_o = valid_q;
  assign pop         = valid_q && out_ready_i;
  assign pop_end     = pop && out_end_o;
  assign push_end    = in_valid_i && in_end_i;
  assign room_o      = !steps_q[1];
  // A held end token is counted until it is popped: behind it, a second whole step must be waiting.
  assign fetch = (!valid_q || out_ready_i) && ((valid_q && out_end_o) ? steps_q[1] : steps_q != 2'd0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
      steps_q <= '0;
      valid_q <= 1'b0;
    end else begin
      if (in_valid_i) write_q <= write_q == AddressBits'(Depth - 1) ? '0 : write_q + 1'b1;
      if (fetch) read_q <= read_q == AddressBits'(Depth - 1) ? '0 : read_q + 1'b1;
      steps_q <= steps_q + {1'b0, push_end} - {1'b0, pop_end};
      if (fetch) valid_q <= 1'b1;
      else if (pop) valid_q <= 1'b0;
    end
  end

  ram_1r1w #(.Width(Width + 1), .Depth(Depth)) u_ram (
    .clk_i,
    .read_i(fetch),
    .read_address_i(read_q),
    .read_data_o({out_end_o, out_data_o}),
    .write_i(in_valid_i),
    .write_address_i(write_q),
    .write_data_i({in_end_i, in_data_i})
  );

`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(push_end && steps_q == 2'd2 && !pop_end)) else $error("event_fifo: a third step arrived");
    end
  end
`endif
endmodule
