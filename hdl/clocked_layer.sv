// A layer of which every neuron exists: all sums and states are registers. Inputs come one after the other, each with the row of
// its weights for all neurons; a bit of the input vector says whether they add it. Then all neurons are updated in one cycle. A
// walk over inputs of which none has fired is skipped when `ZeroTest` is set.
module clocked_layer #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Neurons = 10,
  // The neurons' spikes of the step before are inputs as well, behind the others.
  parameter bit Recurrent = 1'b0,
  parameter bit ZeroTest = 1'b1,
  parameter int unsigned WeightBits = 4,
  parameter int unsigned SumBits = 12,
  parameter int unsigned StateBits = 12,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  parameter int unsigned BiasBits = 1,
  parameter string BiasFile = ""
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // All layers start a round together; `valid_i`: there is a step for this layer in it.
  input  logic                         start_i,
  input  logic                         valid_i,
  input  logic                         last_i,
  input  logic [Inputs-1:0]            spikes_i,
  output logic                         idle_o,
  // The step that the layer did in this round, and its spikes.
  output logic                         valid_o,
  output logic                         last_o,
  output logic [Neurons-1:0]           spikes_o,
  // In this cycle the neurons are updated: they show their spikes.
  output logic                         update_o,
  // To and from the neurons.
  output logic [Neurons*SumBits-1:0]   neuron_sum_o,
  output logic [Neurons*StateBits-1:0] neuron_state_o,
  input  logic [Neurons-1:0]           neuron_spike_i,
  input  logic [Neurons*StateBits-1:0] neuron_next_i,
  input  logic                         load_start_i,
  input  logic                         load_valid_i,
  input  logic [7:0]                   load_byte_i
);
  localparam int unsigned Rows = Inputs + (Recurrent ? Neurons : 0);
  localparam int unsigned RowBits = Rows > 1 ? $clog2(Rows) : 1;
  typedef enum logic [1:0] {Idle, Walk, Drain, Update} phase_e;

  phase_e                        phase_q;
  logic [Rows-1:0]               vector, rest_q;
  logic [RowBits-1:0]            row_q, first_row, final_row_q;
  logic                          any, first_q, valid_q, last_q, add_q, bit_q;
  logic [Neurons-1:0]            spikes_q;
  logic [Neurons*WeightBits-1:0] weights;
  logic [Neurons*SumBits-1:0]    sums_q, added;
  logic [Neurons*StateBits-1:0]  states_q;

  assign idle_o         = phase_q == Idle;
  assign update_o       = phase_q == Update;
  assign valid_o        = valid_q;
  assign last_o         = last_q;
  assign spikes_o       = spikes_q;
  assign neuron_state_o = states_q;

  // What is walked over: both parts, or only those in which something fired.
  if (Recurrent) begin : gen_recurrent
    logic any_input, any_own;
    logic [RowBits-1:0] final_row;
    assign vector    = {first_q ? {Neurons{1'b0}} : spikes_q, spikes_i};
    assign any_input = !ZeroTest || spikes_i != '0;
    assign any_own   = !ZeroTest || vector[Rows-1:Inputs] != '0;
    assign any       = any_input || any_own;
    assign first_row = any_input ? '0 : RowBits'(Inputs);
    assign final_row = any_own ? RowBits'(Rows - 1) : RowBits'(Inputs - 1);
    always_ff @(posedge clk_i) begin
      if (!rst_ni) final_row_q <= '0;
      else if (phase_q == Idle && start_i) final_row_q <= final_row;
    end
  end else begin : gen_forward
    logic unused_first;
    assign unused_first = first_q;
    assign vector       = spikes_i;
    assign any          = !ZeroTest || spikes_i != '0;
    assign first_row    = '0;
    assign final_row_q  = RowBits'(Rows - 1);
  end

  for (genvar i = 0; i < int'(Neurons); i++) begin : gen_add
    assign added[i*SumBits+:SumBits] =
        $signed(sums_q[i*SumBits+:SumBits]) + SumBits'($signed(weights[i*WeightBits+:WeightBits]));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q  <= Idle;
      rest_q   <= '0;
      row_q    <= '0;
      first_q  <= 1'b1;
      valid_q  <= 1'b0;
      last_q   <= 1'b0;
      add_q    <= 1'b0;
      bit_q    <= 1'b0;
      spikes_q <= '0;
      sums_q   <= '0;
      states_q <= '0;
    end else begin
      add_q <= phase_q == Walk;
      bit_q <= rest_q[0];
      if (add_q && bit_q) sums_q <= added;
      case (phase_q)
        Idle: begin
          if (start_i) begin
            valid_q <= valid_i;
            last_q  <= last_i;
            rest_q  <= vector >> first_row;
            row_q   <= first_row;
            if (valid_i) phase_q <= any ? Walk : Update;
          end
        end
        Walk: begin
          rest_q <= rest_q >> 1;
          row_q  <= row_q + 1'b1;
          if (row_q == final_row_q) phase_q <= Drain;
        end
        Drain: phase_q <= Update;
        default: begin
          phase_q  <= Idle;
          first_q  <= last_q;
          sums_q   <= '0;
          states_q <= last_q ? '0 : neuron_next_i;
          spikes_q <= neuron_spike_i;
        end
      endcase
    end
  end

  weight_rom #(
    .Width(Neurons * WeightBits), .Depth(Rows), .SinglePort(SinglePort), .InitFile(InitFile)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .read_i(phase_q == Walk),
    .address_i(row_q),
    .data_o(weights),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );

  biased_sums #(
    .Lanes(Neurons), .Words(1), .SumBits(SumBits), .BiasBits(BiasBits), .BiasFile(BiasFile)
  ) u_biased (
    .clk_i,
    .read_i(start_i),
    .word_i(1'b0),
    .sums_i(sums_q),
    .sums_o(neuron_sum_o)
  );
endmodule
