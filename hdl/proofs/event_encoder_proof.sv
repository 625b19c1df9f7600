// Every lane of a word that is set leaves exactly once, lowest first, with its address; a word goes only when all have left.
module event_encoder_proof #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned AddressBits = 5
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   word_valid_i,
  input logic [Lanes-1:0]       word_i,
  input logic [AddressBits-1:0] word_base_i,
  input logic                   event_ready_i
);
  logic                   ready, valid, idle, held_q;
  logic [AddressBits-1:0] address, base_q, lane;
  logic [Lanes-1:0]       left_q, leaving;

  event_encoder #(.Lanes(Lanes), .AddressBits(AddressBits)) u_encoder (
    .clk_i, .rst_ni, .ready_o(ready), .word_valid_i, .word_i, .word_base_i,
    .event_valid_o(valid), .event_ready_i, .event_address_o(address), .idle_o(idle)
  );

  assign lane    = address - base_q;
  assign leaving = Lanes'(1) << lane;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      held_q <= 1'b0;
      left_q <= '0;
      base_q <= '0;
    end else begin
      if (ready) begin
        held_q <= word_valid_i;
        left_q <= word_valid_i ? word_i : '0;
        base_q <= word_base_i;
      end else if (valid && event_ready_i) begin
        left_q <= left_q & ~leaving;
      end
      assert (idle == !held_q) else $error("idle");
      assert (valid == (left_q != '0)) else $error("a spike is lost or invented");
      if (valid) begin
        assert ((left_q & leaving) != '0) else $error("a lane that is not set, or left before");
        assert ((left_q & (leaving - 1'b1)) == '0) else $error("a lower lane waits");
      end
      if (ready && held_q) begin
        assert ((left_q & ~(valid && event_ready_i ? leaving : '0)) == '0) else $error("a word was dropped");
      end
    end
  end
endmodule
