// A layer as a systolic array of Rows x Columns. A tile is Rows inputs that fired somewhere in the sample, with their weights for
// Columns neurons: it is loaded once and used for all steps, but only for those in which one of its inputs fired. While the waves
// of a tile run, the next one is loaded behind it. When all inputs have passed, the neurons of the columns do all steps, one per
// cycle, and the next group of neurons follows.
module systolic_layer #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Rows = 4,
  parameter int unsigned Columns = 4,
  parameter int unsigned Groups = 2,
  parameter int unsigned Steps = 8,
  parameter int unsigned WeightBits = 4,
  parameter int unsigned SumBits = 12,
  parameter int unsigned StateBits = 12,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  parameter int unsigned BiasBits = 1,
  parameter string BiasFile = "",
  localparam int unsigned InputBits = Inputs > 1 ? $clog2(Inputs) : 1,
  localparam int unsigned StepBits = Steps > 1 ? $clog2(Steps) : 1,
  localparam int unsigned GroupBits = Groups > 1 ? $clog2(Groups) : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // Inputs that fired, each with a bit per step; `start_i` behind or with the last one.
  input  logic                         entry_valid_i,
  input  logic [InputBits-1:0]         entry_address_i,
  input  logic [Steps-1:0]             entry_word_i,
  input  logic                         start_i,
  output logic                         idle_o,
  // The next layer takes a whole sample.
  input  logic                         room_i,
  // To and from the neurons.
  output logic [Columns*SumBits-1:0]   neuron_sum_o,
  output logic [Columns*StateBits-1:0] neuron_state_o,
  input  logic [Columns*StateBits-1:0] neuron_next_i,
  // The neurons show the spikes of one step and group, step after step, group after group.
  output logic                         out_valid_o,
  input  logic                         out_ready_i,
  output logic [GroupBits-1:0]         out_group_o,
  output logic [StepBits-1:0]          out_step_o,
  output logic                         out_last_o,
  // The words of all groups have left.
  input  logic                         emitted_i,
  input  logic                         load_start_i,
  input  logic                         load_valid_i,
  input  logic [7:0]                   load_byte_i
);
  localparam int unsigned Depth = Inputs * Groups;
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1;
  localparam int unsigned CountBits = $clog2(Inputs + 1);
  localparam int unsigned RowBits = Rows > 1 ? $clog2(Rows) : 1;
  localparam int unsigned DrainCycles = Rows + Columns - 1;
  localparam int unsigned DrainBits = $clog2(DrainCycles + 1);
  localparam int unsigned WaveBits = StepBits + 2;
  typedef enum logic [2:0] {Idle, Stream, Drain, Update, Close} phase_e;

  phase_e                         phase_q;
  logic                           full_q;
  logic [CountBits-1:0]           count_q, read_q;
  logic [GroupBits-1:0]           group_q;
  logic [AddressBits-1:0]         row_start_q;
  logic [DrainBits-1:0]           drain_q;

  // Loading: read the list, read the weights, load the row.
  logic                           read, final_entry, final_row, closed_q, loaded_q;
  logic                           fetch_q, fetch_final_q, load_q, load_final_q;
  logic [RowBits-1:0]             row_q, fetch_row_q, load_row_q;
  logic [InputBits-1:0]           entry_address;
  logic [Steps-1:0]               entry_word, load_word_q;
  logic [Columns*WeightBits-1:0]  weights;

  // Waves: the steps of the tile that is ready, and those of the tile that runs.
  logic                           ready_q, taking, swap_q, wave_valid, stream_done;
  logic [Steps-1:0]               steps_q, pending_q, rest;
  logic [StepBits-1:0]            wave_step;
  logic [WaveBits-1:0]            waves [Rows + 1];
  logic [3*Rows-1:0]              row_signals [Columns + 1];
  logic [Columns:0]               done_valid;
  logic [StepBits-1:0]            done_step [Columns + 1];
  logic [Rows-1:0]                fired, swap, load;

  // Update: take a sum, then the neuron.
  logic                           advance, take, take_done_q, apply_q, apply_final_q;
  logic [StepBits-1:0]            take_step_q, step_q;
  logic [Columns*SumBits-1:0]     sums;
  logic [Columns*StateBits-1:0]   states_q;
  logic                           final_group, leaves;

  assign idle_o      = phase_q == Idle && !full_q;
  assign final_group = group_q == GroupBits'(Groups - 1);

  assign final_entry = read_q == count_q - 1'b1;
  assign final_row   = row_q == RowBits'(Rows - 1) || final_entry;
  assign read        = phase_q == Stream && count_q != '0 && !loaded_q && (!closed_q || taking);
  assign rest        = pending_q & (pending_q - 1'b1);
  assign wave_valid  = pending_q != '0;
  assign taking      = ready_q && rest == '0;
  assign stream_done = (loaded_q || count_q == '0) && !fetch_q && !load_q && !ready_q && !wave_valid;

  always_comb begin
    wave_step = '0;
    for (int i = Steps - 1; i >= 0; i--) begin
      if (pending_q[i]) wave_step = StepBits'(i);
    end
  end

  assign advance        = !apply_q || out_ready_i;
  assign take           = phase_q == Update && !take_done_q && advance;
  assign out_valid_o    = apply_q;
  assign out_group_o    = group_q;
  assign out_step_o     = step_q;
  assign out_last_o     = apply_final_q && final_group;
  assign leaves         = apply_q && out_ready_i;
  assign neuron_state_o = states_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q       <= Idle;
      full_q        <= 1'b0;
      count_q       <= '0;
      read_q        <= '0;
      group_q       <= '0;
      row_start_q   <= '0;
      drain_q       <= '0;
      closed_q      <= 1'b0;
      loaded_q      <= 1'b0;
      row_q         <= '0;
      fetch_q       <= 1'b0;
      fetch_final_q <= 1'b0;
      fetch_row_q   <= '0;
      load_q        <= 1'b0;
      load_final_q  <= 1'b0;
      load_row_q    <= '0;
      load_word_q   <= '0;
      ready_q       <= 1'b0;
      swap_q        <= 1'b0;
      steps_q       <= '0;
      pending_q     <= '0;
      take_done_q   <= 1'b0;
      take_step_q   <= '0;
      apply_q       <= 1'b0;
      apply_final_q <= 1'b0;
      step_q        <= '0;
      states_q      <= '0;
    end else begin
      if (entry_valid_i) count_q <= count_q + 1'b1;
      if (start_i) full_q <= 1'b1;

      // A tile is closed when its last row is read, until the array takes it.
      if (taking) closed_q <= 1'b0;
      if (read) begin
        row_q    <= final_row ? '0 : row_q + 1'b1;
        read_q   <= final_entry ? '0 : read_q + 1'b1;
        closed_q <= final_row;
        loaded_q <= final_entry;
      end
      fetch_q       <= read;
      fetch_row_q   <= row_q;
      fetch_final_q <= final_row;
      load_q        <= fetch_q;
      load_row_q    <= fetch_row_q;
      load_final_q  <= fetch_final_q;
      load_word_q   <= entry_word;
      if (load_q) steps_q <= load_word_q | (load_row_q == '0 ? '0 : steps_q);
      ready_q   <= (load_q && load_final_q) || (ready_q && !taking);
      pending_q <= taking ? steps_q : rest;
      swap_q    <= taking;

      case (phase_q)
        Idle: if (full_q && room_i) phase_q <= Stream;
        Stream: begin
          drain_q <= '0;
          if (stream_done) phase_q <= Drain;
        end
        Drain: begin
          drain_q <= drain_q + 1'b1;
          if (drain_q == DrainBits'(DrainCycles - 1)) phase_q <= Update;
        end
        Update: begin
          if (leaves && apply_final_q) begin
            phase_q     <= final_group ? Close : Stream;
            take_done_q <= 1'b0;
            loaded_q    <= 1'b0;
            group_q     <= final_group ? '0 : group_q + 1'b1;
            row_start_q <= final_group ? '0 : row_start_q + AddressBits'(Inputs);
          end
        end
        default: begin
          if (emitted_i) begin
            phase_q <= Idle;
            full_q  <= 1'b0;
            count_q <= '0;
          end
        end
      endcase

      if (advance) begin
        apply_q       <= take;
        apply_final_q <= take_step_q == StepBits'(Steps - 1);
        step_q        <= take_step_q;
      end
      if (take) begin
        take_step_q <= take_step_q == StepBits'(Steps - 1) ? '0 : take_step_q + 1'b1;
        if (take_step_q == StepBits'(Steps - 1)) take_done_q <= 1'b1;
      end
      if (leaves) states_q <= apply_final_q ? '0 : neuron_next_i;
    end
  end

  ram_1r1w #(.Width(InputBits + Steps), .Depth(Inputs)) u_list (
    .clk_i,
    .read_i(read),
    .read_address_i(InputBits'(read_q)),
    .read_data_o({entry_address, entry_word}),
    .write_i(entry_valid_i),
    .write_address_i(InputBits'(count_q)),
    .write_data_i({entry_address_i, entry_word_i})
  );

  weight_rom #(
    .Width(Columns * WeightBits), .Depth(Depth), .SinglePort(SinglePort), .InitFile(InitFile)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .read_i(fetch_q),
    .address_i(row_start_q + AddressBits'(entry_address)),
    .data_o(weights),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );

  // The left edge: a wave goes down a row per cycle; each row looks up whether its input fired in the wave's step.
  assign waves[0] = {wave_valid, swap_q, wave_step};
  for (genvar r = 0; r < int'(Rows); r++) begin : gen_row
    logic                valid;
    logic [StepBits-1:0] step;
    logic [Steps-1:0]    next_q, word_q, word;
    assign {valid, swap[r], step} = waves[r];
    assign load[r]  = load_q && load_row_q == RowBits'(r);
    assign word     = swap[r] ? next_q : word_q;
    assign fired[r] = valid && (word & (Steps'(1) << step)) != '0;
    delay_line #(.Width(WaveBits)) u_wave (.clk_i, .rst_ni, .data_i(waves[r]), .data_o(waves[r+1]));
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        next_q <= '0;
        word_q <= '0;
      end else begin
        // A row that the next tile does not fill has no input.
        if (load[r]) next_q <= load_word_q;
        else if (swap[r]) next_q <= '0;
        word_q <= word;
      end
    end
  end

  logic unused_swap;
  assign unused_swap    = waves[Rows][StepBits] ^ (^row_signals[Columns]) ^ done_valid[Columns] ^ (^done_step[Columns]);
  assign row_signals[0] = {fired, swap, load};
  assign done_valid[0]  = waves[Rows][StepBits+1];
  assign done_step[0]   = waves[Rows][StepBits-1:0];

  for (genvar c = 0; c < int'(Columns); c++) begin : gen_column
    logic [WeightBits-1:0] weight;
    if (c == 0) begin : gen_first
      assign weight = weights[WeightBits-1:0];
    end else begin : gen_later
      delay_line #(.Width(WeightBits), .Stages(c)) u_weight (
        .clk_i, .rst_ni, .data_i(weights[c*WeightBits+:WeightBits]), .data_o(weight)
      );
    end
    systolic_column #(.Rows(Rows), .Steps(Steps), .WeightBits(WeightBits), .SumBits(SumBits)) u_column (
      .clk_i,
      .rst_ni,
      .rows_i(row_signals[c]),
      .rows_o(row_signals[c+1]),
      .weight_i(weight),
      .done_valid_i(done_valid[c]),
      .done_step_i(done_step[c]),
      .done_valid_o(done_valid[c+1]),
      .done_step_o(done_step[c+1]),
      .take_i(take),
      .take_step_i(take_step_q),
      .sum_o(sums[c*SumBits+:SumBits])
    );
  end

  biased_sums #(
    .Lanes(Columns), .Words(Groups), .SumBits(SumBits), .BiasBits(BiasBits), .BiasFile(BiasFile)
  ) u_biased (
    .clk_i,
    .read_i(take),
    .word_i(group_q),
    .sums_i(sums),
    .sums_o(neuron_sum_o)
  );
endmodule
