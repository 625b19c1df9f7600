// Counts are those of the events, the decision is the lowest class with the most.
module readout_proof (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       valid_i,
  input logic       end_i,
  input logic       last_i,
  input logic [1:0] address_i,
  input logic       result_ready_i
);
  logic        ready, result_valid;
  logic [15:0] result;
  logic [1:0]  count_q [3];
  logic [1:0]  best, next_q, class_q;
  logic        spike_q;

  readout #(.Classes(3), .CountBits(2)) u_readout (
    .clk_i, .rst_ni, .event_valid_i(valid_i), .event_ready_o(ready), .event_end_i(end_i), .event_last_i(last_i),
    .event_address_i(address_i), .result_valid_o(result_valid), .result_ready_i, .result_data_o(result)
  );

  always_comb begin
    best = 2'd0;
    if (count_q[1] > count_q[0]) best = 2'd1;
    if (count_q[2] > count_q[best]) best = 2'd2;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      for (int i = 0; i < 3; i++) count_q[i] <= '0;
      next_q  <= '0;
      spike_q <= 1'b0;
    end else begin
      // A class fires at most once per step, and between two spikes of it lies the end of a step.
      assume (address_i < 2'd3);
      assume (!(valid_i && !end_i && count_q[address_i] == 2'd3));
      assume (!(valid_i && !end_i && spike_q && address_i == class_q));
      spike_q <= valid_i && ready && !end_i;
      class_q <= address_i;
      if (valid_i && ready && !end_i) count_q[address_i] <= count_q[address_i] + 1'b1;
      if (result_valid && result_ready_i) begin
        next_q <= next_q + 1'b1;
        if (next_q == 2'd3) for (int i = 0; i < 3; i++) count_q[i] <= '0;
      end
      assert (!(ready && result_valid)) else $error("counting and sending at once");
      if (result_valid) begin
        assert (next_q == 2'd3 ? result == {1'b1, 13'b0, best} : result == {14'b0, count_q[next_q]})
          else $error("a wrong word");
      end
    end
  end
endmodule
