// The arbiter between events from below and a layer's own: never both in one cycle, only what one of them offers, what is offered
// stays until it is taken, and the end of a step leaves once per step.
module recurrent_join_proof (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       accumulating_i,
  input logic       in_valid_i,
  input logic       in_end_i,
  input logic       in_last_i,
  input logic [1:0] in_address_i,
  input logic       own_valid_i,
  input logic       own_end_i,
  input logic       own_last_i,
  input logic [1:0] own_address_i,
  input logic       out_ready_i
);
  logic       in_ready, own_ready, out_valid, out_end, out_last, waits_q, end_q;
  logic [2:0] out_address, address_q;
  logic [5:0] in_q, own_q;
  logic       in_waits_q, own_waits_q, in_takes, own_takes;

  recurrent_join #(.InputBits(2), .OwnBits(2), .AddressBits(3), .Offset(4)) u_join (
    .clk_i, .rst_ni, .accumulating_i(accumulating_i),
    .in_valid_i, .in_ready_o(in_ready), .in_end_i, .in_last_i, .in_address_i,
    .own_valid_i, .own_ready_o(own_ready), .own_end_i, .own_last_i, .own_address_i,
    .out_valid_o(out_valid), .out_ready_i, .out_end_o(out_end), .out_last_o(out_last), .out_address_o(out_address)
  );

  assign in_takes  = in_valid_i && in_ready;
  assign own_takes = own_valid_i && own_ready;

  always_ff @(posedge clk_i) begin
    waits_q     <= rst_ni && out_valid && !out_ready_i;
    end_q       <= out_end;
    address_q   <= out_address;
    in_waits_q  <= rst_ni && in_valid_i && !in_ready;
    in_q        <= {in_valid_i, in_end_i, in_last_i, 1'b0, in_address_i};
    own_waits_q <= rst_ni && own_valid_i && !own_ready;
    own_q       <= {own_valid_i, own_end_i, own_last_i, 1'b0, own_address_i};
    if (rst_ni) begin
      // Both sources keep what they offer until it is taken.
      assume (!in_waits_q || in_q == {in_valid_i, in_end_i, in_last_i, 1'b0, in_address_i});
      assume (!own_waits_q || own_q == {own_valid_i, own_end_i, own_last_i, 1'b0, own_address_i});
      assert (!(in_takes && own_takes)) else $error("both sources are taken");
      assert (!out_valid || in_valid_i || own_valid_i) else $error("an event from nowhere");
      assert (!waits_q || (out_valid && out_end == end_q)) else $error("an offer was withdrawn");
      assert (!waits_q || out_end || out_address == address_q) else $error("an offer changed");
      if (out_valid && out_ready_i) begin
        assert (in_takes || own_takes) else $error("an event was passed on and kept");
        assert (out_end || out_address[2] == own_takes) else $error("an address of the wrong source");
      end
    end
  end
endmodule
