// Weight fetch from dense rows: an input spike reads the row of its address, one group of lanes per cycle. A spike occupies
// max(Groups, 2) cycles, so that an accumulator is never read before its last sum is written.
module fetch_dense #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Groups = 8,
  parameter int unsigned WordBits = 32,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  parameter bit Parity = 1'b0,
  localparam int unsigned InputBits = Inputs > 1 ? $clog2(Inputs) : 1,
  localparam int unsigned GroupBits = Groups > 1 ? $clog2(Groups) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 event_valid_i,
  output logic                 event_ready_o,
  input  logic                 event_end_i,
  input  logic                 event_last_i,
  input  logic [InputBits-1:0] event_address_i,
  // The end of a step was accepted and every sum of the step is on its way.
  output logic                 done_o,
  output logic                 done_last_o,
  // In the cycle of `read_o` the accumulator of `group_o` is read; `weights_o` follows one cycle later.
  output logic                 read_o,
  output logic [GroupBits-1:0] group_o,
  output logic [WordBits-1:0]  weights_o,
  input  logic                 load_start_i,
  input  logic                 load_valid_i,
  input  logic [7:0]           load_byte_i
);
  localparam int unsigned Depth = Inputs * Groups;
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1;

  logic                   busy_q, final_cycle, accept;
  logic [GroupBits-1:0]   group_q;
  logic [AddressBits-1:0] address_q, row_start;

  if (Groups > 1) begin : gen_many_groups
    assign final_cycle = group_q == GroupBits'(Groups - 1);
    assign read_o      = busy_q;
  end else begin : gen_one_group
    // One read, one idle cycle.
    assign final_cycle = group_q == 1'b1;
    assign read_o      = busy_q && !final_cycle;
  end

  assign event_ready_o = !busy_q || final_cycle;
  assign accept        = event_valid_i && event_ready_o;
  assign done_o        = accept && event_end_i;
  assign done_last_o  = event_last_i;
  assign row_start     = AddressBits'(event_address_i) * AddressBits'(Groups);
  assign group_o       = Groups > 1 ? group_q : '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q    <= 1'b0;
      group_q   <= '0;
      address_q <= '0;
    end else if (accept) begin
      busy_q    <= !event_end_i;
      group_q   <= '0;
      address_q <= row_start;
    end else if (busy_q) begin
      busy_q    <= !final_cycle;
      group_q   <= group_q + 1'b1;
      address_q <= address_q + 1'b1;
    end
  end

  // A damaged word adds 0, like a word of zeros.
  logic unused_damaged;

  weight_words #(
    .Width(WordBits), .Depth(Depth), .SinglePort(SinglePort), .InitFile(InitFile), .Parity(Parity)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .read_i(read_o),
    .address_i(address_q),
    .data_o(weights_o),
    .damaged_o(unused_damaged),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );
endmodule
