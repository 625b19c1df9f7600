// Neuron units that share a spike list. For every group of neurons the whole list of a sample is read, one entry per cycle: a
// spike adds its weights, the end of a step updates the neurons. So sums and states are registers that belong to one group at a
// time, and only spikes are kept for all of them.
module list_core #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Steps = 8,
  parameter int unsigned Units = 8,
  parameter int unsigned Groups = 4,
  parameter int unsigned WeightBits = 4,
  parameter int unsigned SumBits = 12,
  parameter int unsigned StateBits = 12,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  parameter int unsigned BiasBits = 1,
  parameter string BiasFile = "",
  localparam int unsigned InputBits = Inputs > 1 ? $clog2(Inputs) : 1,
  localparam int unsigned WordDepth = Steps * Groups,
  localparam int unsigned WordAddressBits = WordDepth > 1 ? $clog2(WordDepth) : 1,
  localparam int unsigned StepBits = Steps > 1 ? $clog2(Steps) : 1,
  localparam int unsigned GroupBits = Groups > 1 ? $clog2(Groups) : 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // The list of a sample.
  input  logic                       full_i,
  output logic                       read_o,
  input  logic                       final_i,
  input  logic                       end_i,
  input  logic                       last_i,
  input  logic [InputBits-1:0]       address_i,
  output logic                       clear_o,
  // The next layer takes a whole sample.
  input  logic                       room_i,
  // To and from the neurons; their spikes leave past this block.
  output logic [Units*SumBits-1:0]   neuron_sum_o,
  output logic [Units*StateBits-1:0] neuron_state_o,
  input  logic [Units*StateBits-1:0] neuron_next_i,
  // The neurons show one word of spikes, step after step, group after group.
  output logic                       out_valid_o,
  input  logic                       out_ready_i,
  output logic [GroupBits-1:0]       out_group_o,
  output logic [StepBits-1:0]        out_step_o,
  // Where the word lies when the words of a step lie together.
  output logic [WordAddressBits-1:0] out_address_o,
  // The last word of the sample.
  output logic                       out_last_o,
  input  logic                       load_start_i,
  input  logic                       load_valid_i,
  input  logic [7:0]                 load_byte_i
);
  localparam int unsigned Depth = Inputs * Groups;
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1;

  // Three stages: read the list, read the weights of a spike, add or update.
  logic                        active_q, fetch_q, apply_q, end_q, last_q, advance;
  logic [GroupBits-1:0]        list_group_q, fetch_group_q, group_q;
  logic [AddressBits-1:0]      list_row_q, fetch_row_q;
  logic [StepBits-1:0]         step_q;
  logic [WordAddressBits-1:0]  word_address_q;
  logic                        final_group, update;
  logic [Units*WeightBits-1:0] weights;
  logic [Units*SumBits-1:0]    sums_q, added;
  logic [Units*StateBits-1:0]  states_q;

  assign advance        = !out_valid_o || out_ready_i;
  assign read_o         = active_q && advance;
  assign final_group    = list_group_q == GroupBits'(Groups - 1);
  assign out_valid_o    = apply_q && end_q;
  assign update         = out_valid_o && out_ready_i;
  assign out_group_o    = group_q;
  assign out_step_o     = step_q;
  assign out_address_o  = word_address_q;
  assign out_last_o     = last_q && group_q == GroupBits'(Groups - 1);
  assign clear_o        = update && out_last_o;
  assign neuron_state_o = states_q;

  for (genvar i = 0; i < int'(Units); i++) begin : gen_add
    assign added[i*SumBits+:SumBits] =
        $signed(sums_q[i*SumBits+:SumBits]) + SumBits'($signed(weights[i*WeightBits+:WeightBits]));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q       <= 1'b0;
      fetch_q        <= 1'b0;
      apply_q        <= 1'b0;
      end_q          <= 1'b0;
      last_q         <= 1'b0;
      list_group_q   <= '0;
      list_row_q     <= '0;
      fetch_group_q  <= '0;
      fetch_row_q    <= '0;
      group_q        <= '0;
      step_q         <= '0;
      word_address_q <= '0;
      sums_q         <= '0;
      states_q       <= '0;
    end else begin
      if (!active_q) begin
        // A full list is read until its last entry is applied; only then is it cleared.
        active_q <= full_i && room_i && !fetch_q && !apply_q;
      end else if (advance && final_i) begin
        list_group_q <= final_group ? '0 : list_group_q + 1'b1;
        list_row_q   <= final_group ? '0 : list_row_q + AddressBits'(Inputs);
        active_q     <= !final_group;
      end
      if (advance) begin
        fetch_q       <= active_q;
        fetch_group_q <= list_group_q;
        fetch_row_q   <= list_row_q;
        apply_q       <= fetch_q;
        end_q         <= end_i;
        last_q        <= last_i;
        group_q       <= fetch_group_q;
      end
      if (apply_q && !end_q) sums_q <= added;
      if (update) begin
        sums_q         <= '0;
        states_q       <= last_q ? '0 : neuron_next_i;
        step_q         <= last_q ? '0 : step_q + 1'b1;
        word_address_q <= out_last_o ? '0
            : last_q ? WordAddressBits'(group_q) + 1'b1 : word_address_q + WordAddressBits'(Groups);
      end
    end
  end

  weight_rom #(
    .Width(Units * WeightBits), .Depth(Depth), .SinglePort(SinglePort), .InitFile(InitFile)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .read_i(fetch_q && !end_i && advance),
    .address_i(fetch_row_q + AddressBits'(address_i)),
    .data_o(weights),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );

  biased_sums #(
    .Lanes(Units), .Words(Groups), .SumBits(SumBits), .BiasBits(BiasBits), .BiasFile(BiasFile)
  ) u_biased (
    .clk_i,
    .read_i(fetch_q && end_i && advance),
    .word_i(fetch_group_q),
    .sums_i(sums_q),
    .sums_o(neuron_sum_o)
  );
endmodule
