// One layer: accumulates fetched weights, then updates all neurons group by group and emits their spikes.
//
// The neuron itself is combinational and stands outside, because it belongs to the network: each cycle of the update pass
// shows `Lanes` inputs and states and takes back spikes and next states.
module layer_core #(
  parameter int unsigned Neurons = 64,
  parameter int unsigned Lanes = 8,
  parameter int unsigned WeightBits = 4,
  parameter int unsigned SumBits = 12,
  parameter int unsigned StateBits = 12,
  // Cycles between the last accumulator read of a step and the moment its sum can be read back.
  parameter int unsigned DrainCycles = 0,
  localparam int unsigned Groups = (Neurons + Lanes - 1) / Lanes,
  localparam int unsigned GroupBits = Groups > 1 ? $clog2(Groups) : 1,
  localparam int unsigned AddressBits = Neurons > 1 ? $clog2(Neurons) : 1
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  // From the weight fetch.
  input  logic                        read_i,
  input  logic [GroupBits-1:0]        group_i,
  input  logic [Lanes*WeightBits-1:0] weights_i,
  input  logic                        done_i,
  input  logic                        done_last_i,
  // High while the fetch may accept events.
  output logic                        accumulating_o,
  // To and from the neurons.
  output logic [Lanes*SumBits-1:0]    neuron_sum_o,
  output logic [Lanes*StateBits-1:0]  neuron_state_o,
  input  logic [Lanes-1:0]            neuron_spike_i,
  input  logic [Lanes*StateBits-1:0]  neuron_next_i,
  // Events out.
  input  logic                        room_i,
  output logic                        event_valid_o,
  input  logic                        event_ready_i,
  output logic                        event_end_o,
  output logic                        event_last_o,
  output logic [AddressBits-1:0]      event_address_o
);
  typedef enum logic [1:0] {Accumulate, Drain, Update, Close} phase_e;

  phase_e                     phase_q;
  logic                       last_q;
  logic [1:0]                 drain_q;

  // Update pass: issue (read both memories), then compute, write back and load the encoder.
  logic                       issue, issue_done_q, compute_q, advance, encoder_idle;
  logic [GroupBits-1:0]       issue_group_q, compute_group_q;
  logic [AddressBits-1:0]     base_q;
  logic                       started_q;

  // Accumulation: read, then add and write back.
  logic                       add_q;
  logic [GroupBits-1:0]       add_group_q;
  logic [Lanes*SumBits-1:0]   sums, added;

  logic                       spike_valid;
  logic [AddressBits-1:0]     spike_address;
  logic                       closing;

  assign accumulating_o = phase_q == Accumulate;
  assign issue          = phase_q == Update && !issue_done_q && advance && (started_q || room_i);
  assign closing        = phase_q == Close && encoder_idle;

  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_add
    assign added[i*SumBits+:SumBits] =
        $signed(sums[i*SumBits+:SumBits]) + SumBits'($signed(weights_i[i*WeightBits+:WeightBits]));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q         <= Accumulate;
      last_q          <= 1'b0;
      drain_q         <= '0;
      issue_done_q    <= 1'b0;
      started_q       <= 1'b0;
      compute_q       <= 1'b0;
      issue_group_q   <= '0;
      compute_group_q <= '0;
      base_q          <= '0;
      add_q           <= 1'b0;
      add_group_q     <= '0;
    end else begin
      add_q       <= read_i;
      add_group_q <= group_i;
      case (phase_q)
        Accumulate: begin
          if (done_i) begin
            phase_q <= DrainCycles == 0 ? Update : Drain;
            last_q  <= done_last_i;
            drain_q <= '0;
          end
        end
        Drain: begin
          drain_q <= drain_q + 1'b1;
          if (32'(drain_q) == DrainCycles - 1) phase_q <= Update;
        end
        Update: begin
          if (issue) begin
            started_q     <= 1'b1;
            issue_group_q <= issue_group_q + 1'b1;
            issue_done_q  <= issue_group_q == GroupBits'(Groups - 1);
          end
          if (advance) begin
            compute_q       <= issue;
            compute_group_q <= issue_group_q;
            if (compute_q) base_q <= base_q + AddressBits'(Lanes);
            if (compute_q && !issue) phase_q <= Close;
          end
        end
        Close: begin
          if (closing && event_ready_i) begin
            phase_q       <= Accumulate;
            issue_done_q  <= 1'b0;
            started_q     <= 1'b0;
            issue_group_q <= '0;
            base_q        <= '0;
          end
        end
        default: phase_q <= Accumulate;
      endcase
    end
  end

  ram_1r1w #(.Width(Lanes * SumBits), .Depth(Groups)) u_sums (
    .clk_i,
    .read_i(read_i || issue),
    .read_address_i(phase_q == Update ? issue_group_q : group_i),
    .read_data_o(sums),
    .write_i(add_q || (compute_q && advance)),
    .write_address_i(add_q ? add_group_q : compute_group_q),
    .write_data_i(add_q ? added : '0)
  );

  ram_1r1w #(.Width(Lanes * StateBits), .Depth(Groups)) u_states (
    .clk_i,
    .read_i(issue),
    .read_address_i(issue_group_q),
    .read_data_o(neuron_state_o),
    .write_i(compute_q && advance),
    .write_address_i(compute_group_q),
    .write_data_i(last_q ? '0 : neuron_next_i)
  );
  assign neuron_sum_o = sums;

  event_encoder #(.Lanes(Lanes), .AddressBits(AddressBits)) u_encoder (
    .clk_i,
    .rst_ni,
    .ready_o(advance),
    .word_valid_i(compute_q),
    .word_i(neuron_spike_i),
    .word_base_i(base_q),
    .event_valid_o(spike_valid),
    .event_ready_i,
    .event_address_o(spike_address),
    .idle_o(encoder_idle)
  );

  assign event_valid_o   = spike_valid || closing;
  assign event_end_o     = closing;
  assign event_last_o    = closing && last_q;
  assign event_address_o = spike_address;
endmodule
