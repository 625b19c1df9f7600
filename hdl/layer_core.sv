// One layer: accumulates fetched weights, then updates all neurons group by group and emits their spikes.
//
// The neuron itself is combinational and stands outside, because it belongs to the network: each cycle of the update pass
// shows `Lanes` inputs and states and takes back spikes and next states. Where windows of positions are combined, either a neuron
// sees the largest sum of its window, or the spikes of a window leave as one.
module layer_core #(
  // Addresses of the events that leave.
  parameter int unsigned Events = 64,
  parameter int unsigned Lanes = 8,
  parameter int unsigned SumGroups = 8,
  parameter int unsigned StateGroups = SumGroups,
  // Groups at one position: all of them without a grid.
  parameter int unsigned Words = SumGroups,
  parameter int unsigned Window = 1,
  parameter int unsigned WindowRows = 1,
  parameter int unsigned WindowColumns = 1,
  parameter int unsigned GridColumns = 1,
  parameter bit Largest = 1'b0,
  parameter int unsigned WeightBits = 4,
  parameter int unsigned SumBits = 12,
  parameter int unsigned StateBits = 12,
  // Cycles between the last accumulator read of a step and the moment its sum can be read back.
  parameter int unsigned DrainCycles = 0,
  // Added to every neuron's input, one word of `Lanes` biases per word of a position; none without a file.
  parameter int unsigned BiasBits = 1,
  parameter string BiasFile = "",
  // Protection: sums stop at the ends of their format instead of wrapping; states are kept three times and voted.
  parameter bit Saturate = 1'b0,
  parameter bit Triple = 1'b0,
  localparam int unsigned GroupBits = SumGroups > 1 ? $clog2(SumGroups) : 1,
  localparam int unsigned StateGroupBits = StateGroups > 1 ? $clog2(StateGroups) : 1,
  localparam int unsigned WordBits = Words > 1 ? $clog2(Words) : 1,
  localparam int unsigned AddressBits = Events > 1 ? $clog2(Events) : 1
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
  logic                       issue, issue_first, issue_final, issue_last, issue_done_q;
  logic                       compute_q, compute_first_q, compute_final_q, advance, encoder_idle;
  logic [GroupBits-1:0]       issue_group, compute_group_q;
  logic [StateGroupBits-1:0]  issue_state, compute_state_q;
  logic [WordBits-1:0]        issue_word;
  logic [AddressBits-1:0]     base_q;
  logic                       started_q;

  // Accumulation: read, then add and write back.
  logic                       add_q;
  logic [GroupBits-1:0]       add_group_q;
  logic [Lanes*SumBits-1:0]   sums, added, seen;
  logic [Lanes-1:0]           spikes;

  logic                       spike_valid;
  logic [AddressBits-1:0]     spike_address;
  logic                       closing;

  assign accumulating_o = phase_q == Accumulate;
  assign issue          = phase_q == Update && !issue_done_q && advance && (started_q || room_i);
  assign closing        = phase_q == Close && encoder_idle;

  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_add
    add_format #(.SumBits(SumBits), .TermBits(WeightBits), .Saturate(Saturate)) u_add (
      .sum_i(sums[i*SumBits+:SumBits]),
      .term_i(weights_i[i*WeightBits+:WeightBits]),
      .sum_o(added[i*SumBits+:SumBits])
    );
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q         <= Accumulate;
      last_q          <= 1'b0;
      drain_q         <= '0;
      issue_done_q    <= 1'b0;
      started_q       <= 1'b0;
      compute_q       <= 1'b0;
      compute_group_q <= '0;
      compute_state_q <= '0;
      compute_first_q <= 1'b0;
      compute_final_q <= 1'b0;
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
            started_q    <= 1'b1;
            issue_done_q <= issue_last;
          end
          if (advance) begin
            compute_q       <= issue;
            compute_group_q <= issue_group;
            compute_state_q <= issue_state;
            compute_first_q <= issue_first;
            compute_final_q <= issue_final;
            if (compute_q && compute_final_q) base_q <= base_q + AddressBits'(Lanes);
            if (compute_q && !issue) phase_q <= Close;
          end
        end
        Close: begin
          if (closing && event_ready_i) begin
            phase_q      <= Accumulate;
            issue_done_q <= 1'b0;
            started_q    <= 1'b0;
            base_q       <= '0;
          end
        end
        default: phase_q <= Accumulate;
      endcase
    end
  end

  update_walk #(
    .Groups(SumGroups), .Words(Words), .Window(Window),
    .Rows(WindowRows), .Columns(WindowColumns), .GridColumns(GridColumns)
  ) u_walk (
    .clk_i,
    .rst_ni,
    .step_i(issue),
    .group_o(issue_group),
    .word_o(issue_word),
    .first_o(issue_first),
    .final_o(issue_final),
    .last_o(issue_last)
  );

  ram_1r1w #(.Width(Lanes * SumBits), .Depth(SumGroups)) u_sums (
    .clk_i,
    .read_i(read_i || issue),
    .read_address_i(phase_q == Update ? issue_group : group_i),
    .read_data_o(sums),
    .write_i(add_q || (compute_q && advance)),
    .write_address_i(add_q ? add_group_q : compute_group_q),
    .write_data_i(add_q ? added : '0)
  );

  ram_protected #(.Width(Lanes * StateBits), .Depth(StateGroups), .Triple(Triple)) u_states (
    .clk_i,
    .read_i(issue && (!Largest || issue_final)),
    .read_address_i(issue_state),
    .read_data_o(neuron_state_o),
    .write_i(compute_q && advance && (!Largest || compute_final_q)),
    .write_address_i(compute_state_q),
    .write_data_i(last_q ? '0 : neuron_next_i)
  );

  if (Largest) begin : gen_largest
    // One state per window; the largest sum so far is kept from position to position.
    logic [StateGroupBits-1:0] state_q;
    logic [Lanes*SumBits-1:0]  largest_q;
    assign issue_state = state_q;
    for (genvar i = 0; i < int'(Lanes); i++) begin : gen_lane
      assign seen[i*SumBits+:SumBits] =
          !compute_first_q && $signed(largest_q[i*SumBits+:SumBits]) > $signed(sums[i*SumBits+:SumBits])
          ? largest_q[i*SumBits+:SumBits] : sums[i*SumBits+:SumBits];
    end
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        state_q   <= '0;
        largest_q <= '0;
      end else begin
        if (issue && issue_final) state_q <= issue_last ? '0 : state_q + 1'b1;
        if (compute_q && advance) largest_q <= seen;
      end
    end
  end else begin : gen_plain
    assign issue_state = issue_group;
    assign seen        = sums;
  end

  if (Window > 1 && !Largest) begin : gen_union
    logic [Lanes-1:0] union_q;
    assign spikes = neuron_spike_i | (compute_first_q ? '0 : union_q);
    always_ff @(posedge clk_i) begin
      if (!rst_ni) union_q <= '0;
      else if (compute_q && advance) union_q <= spikes;
    end
  end else begin : gen_spikes
    assign spikes = neuron_spike_i;
    if (!Largest) begin : gen_unused
      logic unused_first;
      assign unused_first = compute_first_q;
    end
  end

  biased_sums #(
    .Lanes(Lanes), .Words(Words), .SumBits(SumBits), .BiasBits(BiasBits), .BiasFile(BiasFile), .Saturate(Saturate)
  ) u_biased (
    .clk_i,
    .read_i(issue),
    .word_i(issue_word),
    .sums_i(seen),
    .sums_o(neuron_sum_o)
  );

  event_encoder #(.Lanes(Lanes), .AddressBits(AddressBits)) u_encoder (
    .clk_i,
    .rst_ni,
    .ready_o(advance),
    .word_valid_i(compute_q && compute_final_q),
    .word_i(spikes),
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
