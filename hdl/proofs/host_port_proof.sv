// Every word that is taken becomes one event or one load, in order; an event stays until it is taken.
module host_port_proof (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        host_valid_i,
  input logic [15:0] host_data_i,
  input logic        event_ready_i
);
  logic        ready, valid, ends, last, held_q;
  logic [3:0]  address;
  logic [1:0]  load_start, load_valid;
  logic [7:0]  load_byte;
  logic [15:0] word_q;
  logic [13:0] selected_q;

  host_port #(.AddressBits(4), .Layers(2)) u_host (
    .clk_i, .rst_ni, .host_valid_i, .host_ready_o(ready), .host_data_i,
    .event_valid_o(valid), .event_ready_i, .event_end_o(ends), .event_last_o(last), .event_address_o(address),
    .load_start_o(load_start), .load_valid_o(load_valid), .load_byte_o(load_byte)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      held_q     <= 1'b0;
      word_q     <= '0;
      selected_q <= '0;
    end else begin
      if (host_valid_i && ready && !host_data_i[15]) word_q <= host_data_i;
      if (host_valid_i && ready && host_data_i[15:14] == 2'b10) selected_q <= host_data_i[13:0];
      if (ready) held_q <= host_valid_i && !host_data_i[15];
      assert (valid == held_q) else $error("an event is lost or invented");
      assert (ready == (!held_q || event_ready_i)) else $error("ready");
      if (valid) begin
        assert (ends == word_q[14] && last == (word_q[14] && word_q[0])) else $error("the kind of an event changed");
        assert (address == word_q[3:0]) else $error("an address changed");
      end
      for (int i = 0; i < 2; i++) begin
        assert (load_start[i] == (host_valid_i && ready && host_data_i[15:14] == 2'b10 && host_data_i[13:0] == 14'(i)))
          else $error("the start of a load");
        assert (load_valid[i] == (host_valid_i && ready && host_data_i[15:14] == 2'b11 && selected_q == 14'(i)))
          else $error("a byte for another memory");
      end
      assert (load_byte == host_data_i[7:0]) else $error("another byte");
    end
  end
endmodule
