// Turns spikes that come step by step, `Lanes` neurons at a time, into words of all steps per neuron, and hands out those that are
// not zero with their neuron's address, one neuron per cycle. A group must take at least `Lanes` cycles.
module word_turner #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned Steps = 8,
  parameter int unsigned Neurons = 16,
  localparam int unsigned AddressBits = Neurons > 1 ? $clog2(Neurons) : 1,
  localparam int unsigned LaneBits = Lanes > 1 ? $clog2(Lanes) : 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   word_valid_i,
  input  logic [Lanes-1:0]       word_i,
  // The last step of a group, and the last group of a sample.
  input  logic                   word_final_i,
  input  logic                   word_last_i,
  output logic                   entry_valid_o,
  output logic [AddressBits-1:0] entry_address_o,
  output logic [Steps-1:0]       entry_word_o,
  // In the cycle of the last neuron of a sample.
  output logic                   done_o
);
  logic [Lanes*Steps-1:0] collected_q, collected, leaving_q;
  logic [LaneBits-1:0]    lane_q;
  logic [AddressBits-1:0] address_q;
  logic                   busy_q, last_q, final_lane;

  assign final_lane      = lane_q == LaneBits'(Lanes - 1);
  assign entry_word_o    = leaving_q[Steps-1:0];
  assign entry_valid_o   = busy_q && entry_word_o != '0;
  assign entry_address_o = address_q;
  assign done_o          = busy_q && final_lane && last_q;

  // The newest step comes in from above, so that the first one ends at bit 0.
  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_lane
    assign collected[i*Steps+:Steps] = Steps'({word_i[i], collected_q[i*Steps+:Steps]} >> 1);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      collected_q <= '0;
      leaving_q   <= '0;
      lane_q      <= '0;
      address_q   <= '0;
      busy_q      <= 1'b0;
      last_q      <= 1'b0;
    end else begin
      if (word_valid_i) collected_q <= collected;
      if (busy_q) begin
        leaving_q <= leaving_q >> Steps;
        lane_q    <= final_lane ? '0 : lane_q + 1'b1;
        address_q <= done_o ? '0 : address_q + 1'b1;
        busy_q    <= !final_lane;
      end
      if (word_valid_i && word_final_i) begin
        leaving_q <= collected;
        busy_q    <= 1'b1;
        last_q    <= word_last_i;
      end
    end
  end
endmodule
