// A token that was marked on its way in comes out once, unchanged, after those before it and before those behind it; nothing is
// seen of a step before it is whole, and a writer that waits for room never meets a third step.
module event_fifo_proof #(
  parameter int unsigned Width = 2,
  // Events of a step, without its end.
  parameter int unsigned Events = 2
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             wants_i,
  input logic             ends_i,
  input logic [Width-1:0] data_i,
  input logic             out_ready_i,
  // Mark the token that goes in now.
  input logic             mark_i
);
  localparam int unsigned Depth = 2 * (Events + 1);

  logic             in_valid, in_end, out_valid, out_end, room, marked_q, gone_q, open_q, mark_end_q, pop;
  logic [Width-1:0] out_data, mark_data_q;
  logic [3:0]       sent_q, ahead_q, held_q, whole_q;

  // A step begins only when there is room, and holds at most `Events` events.
  assign in_valid = wants_i && (open_q || room);
  assign in_end   = ends_i || sent_q == 4'(Events);
  assign pop      = out_valid && out_ready_i;

  event_fifo #(.Width(Width), .Depth(Depth)) u_fifo (
    .clk_i, .rst_ni,
    .in_valid_i(in_valid), .in_end_i(in_end), .in_data_i(data_i),
    .out_valid_o(out_valid), .out_ready_i, .out_end_o(out_end), .out_data_o(out_data), .room_o(room)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      open_q   <= 1'b0;
      sent_q   <= '0;
      held_q   <= '0;
      whole_q  <= '0;
      marked_q <= 1'b0;
      gone_q   <= 1'b0;
      ahead_q  <= '0;
      mark_end_q  <= 1'b0;
      mark_data_q <= '0;
    end else begin
      if (in_valid) open_q <= !in_end;
      if (in_valid) sent_q <= in_end ? '0 : sent_q + 1'b1;
      held_q  <= held_q + 4'(in_valid) - 4'(pop);
      whole_q <= whole_q + 4'(in_valid && in_end) - 4'(pop && out_end);
      if (in_valid && mark_i && !marked_q) begin
        marked_q    <= 1'b1;
        mark_data_q <= data_i;
        mark_end_q  <= in_end;
        ahead_q     <= held_q - 4'(pop);
      end else if (pop && marked_q && !gone_q) begin
        if (ahead_q == '0) gone_q <= 1'b1;
        else ahead_q <= ahead_q - 1'b1;
      end
      assert (held_q <= 4'(Depth)) else $error("more tokens than the FIFO holds");
      assert (!out_valid || whole_q != '0) else $error("a step is seen before it is whole");
      assert (room == (whole_q < 4'd2)) else $error("room");
      if (pop && marked_q && !gone_q && ahead_q == '0) begin
        assert (out_data == mark_data_q && out_end == mark_end_q) else $error("a token changed or left its place");
      end
    end
  end
endmodule
