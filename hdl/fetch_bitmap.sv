// Weight fetch of the dense baseline: events set bits of a bitmap; at the end of a step every row is read, spike or not, and
// the bit gates what is added. A step costs Inputs · max(Groups, 2) cycles, whatever happened in it.
module fetch_bitmap #(
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
  output logic                 done_o,
  output logic                 done_last_o,
  output logic                 read_o,
  output logic [GroupBits-1:0] group_o,
  output logic [WordBits-1:0]  weights_o,
  input  logic                 load_start_i,
  input  logic                 load_valid_i,
  input  logic [7:0]           load_byte_i
);
  localparam int unsigned Depth = Inputs * Groups;
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1;

  logic                   walking_q, last_q, accept, final_group, final_input, bit_set;
  logic [GroupBits-1:0]   group_q;
  logic [InputBits-1:0]   input_q;
  logic [AddressBits-1:0] address_q;
  logic [WordBits-1:0]    word;

  if (Groups > 1) begin : gen_many_groups
    assign final_group = group_q == GroupBits'(Groups - 1);
    assign read_o      = walking_q;
  end else begin : gen_one_group
    assign final_group = group_q == 1'b1;
    assign read_o      = walking_q && !final_group;
  end
  assign final_input   = input_q == InputBits'(Inputs - 1);
  assign event_ready_o = !walking_q;
  assign accept        = event_valid_i && event_ready_o;
  assign done_o        = walking_q && final_group && final_input;
  assign done_last_o   = last_q;
  assign group_o       = Groups > 1 ? group_q : '0;
  // The bit is read with the first group of its row and held for the others.
  assign weights_o     = bit_set ? word : '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      walking_q <= 1'b0;
      last_q    <= 1'b0;
      group_q   <= '0;
      input_q   <= '0;
      address_q <= '0;
    end else if (accept) begin
      walking_q <= event_end_i;
      last_q    <= event_last_i;
    end else if (walking_q) begin
      group_q <= final_group ? '0 : group_q + 1'b1;
      if (read_o) address_q <= address_q + 1'b1;
      if (final_group) input_q <= final_input ? '0 : input_q + 1'b1;
      if (done_o) begin
        walking_q <= 1'b0;
        address_q <= '0;
      end
    end
  end

  ram_1r1w #(.Width(1), .Depth(Inputs)) u_bitmap (
    .clk_i,
    .read_i(walking_q && group_q == '0),
    .read_address_i(input_q),
    .read_data_o(bit_set),
    .write_i((accept && !event_end_i) || (walking_q && final_group)),
    .write_address_i(walking_q ? input_q : event_address_i),
    .write_data_i(!walking_q)
  );

  // A damaged word adds 0, like a word of zeros.
  logic unused_damaged;

  weight_words #(
    .Width(WordBits), .Depth(Depth), .SinglePort(SinglePort), .InitFile(InitFile), .Parity(Parity)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .read_i(read_o),
    .address_i(address_q),
    .data_o(word),
    .damaged_o(unused_damaged),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );
endmodule
