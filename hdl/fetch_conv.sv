// Weight fetch of a convolution: a spike visits the positions that its pixel reaches, one word of channels per cycle; taps outside
// the frame take no time. Tables say for each row, column and channel of the input where the walk starts in weights and
// accumulators, and how many positions it visits. A spike occupies max(words visited, 1) + 1 cycles.
module fetch_conv #(
  parameter int unsigned Inputs = 128,
  parameter int unsigned Rows = 8,
  parameter int unsigned Columns = 8,
  parameter int unsigned Channels = 2,
  // Accumulator words, and how many of them a spike reaches at one position.
  parameter int unsigned Groups = 72,
  parameter int unsigned TapWords = 2,
  parameter int unsigned Depth = 36,
  parameter int unsigned WordBits = 32,
  // Visited rows or columns fit in so many bits.
  parameter int unsigned CountBits = 2,
  // From one position to the next: words of accumulators forward, words of weights backward.
  parameter int unsigned GroupColumnStep = 2,
  parameter int unsigned GroupRowStep = 12,
  parameter int unsigned WeightColumnStep = 4,
  parameter int unsigned WeightRowStep = 12,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  parameter bit Parity = 1'b0,
  parameter string RowFile = "",
  parameter string ColumnFile = "",
  // Without a table, channel i starts at weight word i · TapWords.
  parameter string ChannelFile = "",
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
  localparam int unsigned PixelBits = Rows * Columns > 1 ? $clog2(Rows * Columns) : 1;
  localparam int unsigned RowBits = Rows > 1 ? $clog2(Rows) : 1;
  localparam int unsigned ColumnBits = Columns > 1 ? $clog2(Columns) : 1;
  localparam int unsigned ChannelBits = Channels > 1 ? $clog2(Channels) : 1;
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1;
  localparam int unsigned TapBits = TapWords > 1 ? $clog2(TapWords) : 1;

  typedef enum logic [1:0] {Idle, Look, Start, Walk} phase_e;

  phase_e                 phase_q;
  logic                   accept, walking, empty, final_word, final_column, final_row, final_cycle;
  logic [PixelBits-1:0]   pixel, pixel_q;
  logic [ChannelBits-1:0] channel, channel_q;
  logic [RowBits-1:0]     row;
  logic [ColumnBits-1:0]  column;

  // What the tables say of the spike in the first cycle of its walk.
  logic [CountBits-1:0]   row_count, column_count;
  logic [AddressBits-1:0] row_weight, column_weight, channel_weight;
  logic [GroupBits-1:0]   row_group, column_group, channel_group;

  // The walk: present word, and the first word of the present row of positions.
  logic [TapBits-1:0]     word_q, word;
  logic [CountBits-1:0]   columns_left_q, columns_left, rows_left_q, rows_left, column_count_q, columns_all;
  logic [AddressBits-1:0] weight_q, weight, line_weight_q, line_weight;
  logic [GroupBits-1:0]   group_q, line_group_q, line_group;

  divide_constant #(
    .Bits(InputBits), .Divisor(Channels), .QuotientBits(PixelBits), .RemainderBits(ChannelBits)
  ) u_pixel (
    .dividend_i(event_address_i),
    .quotient_o(pixel),
    .remainder_o(channel)
  );
  divide_constant #(
    .Bits(PixelBits), .Divisor(Columns), .QuotientBits(RowBits), .RemainderBits(ColumnBits)
  ) u_row (
    .dividend_i(pixel_q),
    .quotient_o(row),
    .remainder_o(column)
  );

  assign walking      = phase_q == Start || phase_q == Walk;
  assign word         = phase_q == Start ? '0 : word_q;
  assign columns_all  = phase_q == Start ? column_count : column_count_q;
  assign columns_left = phase_q == Start ? column_count : columns_left_q;
  assign rows_left    = phase_q == Start ? row_count : rows_left_q;
  assign weight       = phase_q == Start ? row_weight + column_weight + channel_weight : weight_q;
  assign line_weight  = phase_q == Start ? weight : line_weight_q;
  assign group_o      = phase_q == Start ? row_group + column_group + channel_group : group_q;
  assign line_group   = phase_q == Start ? group_o : line_group_q;

  assign empty        = phase_q == Start && (row_count == '0 || column_count == '0);
  assign final_word   = word == TapBits'(TapWords - 1);
  assign final_column = columns_left == CountBits'(1);
  assign final_row    = rows_left == CountBits'(1);
  assign final_cycle  = walking && (empty || (final_word && final_column && final_row));
  assign read_o       = walking && !empty;

  assign event_ready_o = phase_q == Idle || final_cycle;
  assign accept        = event_valid_i && event_ready_o;
  assign done_o        = accept && event_end_i;
  assign done_last_o   = event_last_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q   <= Idle;
      pixel_q   <= '0;
      channel_q <= '0;
    end else if (accept) begin
      phase_q   <= event_end_i ? Idle : Look;
      pixel_q   <= pixel;
      channel_q <= channel;
    end else begin
      case (phase_q)
        Look:    phase_q <= Start;
        Start,
        Walk:    phase_q <= final_cycle ? Idle : Walk;
        default: phase_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      word_q         <= '0;
      columns_left_q <= '0;
      column_count_q <= '0;
      rows_left_q    <= '0;
      weight_q       <= '0;
      line_weight_q  <= '0;
      group_q        <= '0;
      line_group_q   <= '0;
    end else if (walking) begin
      word_q         <= final_word ? '0 : word + 1'b1;
      column_count_q <= columns_all;
      columns_left_q <= columns_left;
      rows_left_q    <= rows_left;
      line_weight_q  <= line_weight;
      line_group_q   <= line_group;
      if (!final_word) begin
        weight_q <= weight + 1'b1;
        group_q  <= group_o + 1'b1;
      end else if (!final_column) begin
        columns_left_q <= columns_left - 1'b1;
        weight_q       <= weight - AddressBits'(WeightColumnStep + TapWords - 1);
        group_q        <= group_o + GroupBits'(GroupColumnStep) - GroupBits'(TapWords - 1);
      end else begin
        columns_left_q <= columns_all;
        rows_left_q    <= rows_left - 1'b1;
        weight_q       <= line_weight - AddressBits'(WeightRowStep);
        group_q        <= line_group + GroupBits'(GroupRowStep);
        line_weight_q  <= line_weight - AddressBits'(WeightRowStep);
        line_group_q   <= line_group + GroupBits'(GroupRowStep);
      end
    end
  end

  ram_1r1w #(.Width(CountBits + AddressBits + GroupBits), .Depth(Rows), .InitFile(RowFile)) u_rows (
    .clk_i,
    .read_i(phase_q == Look),
    .read_address_i(row),
    .read_data_o({row_count, row_weight, row_group}),
    .write_i(1'b0),
    .write_address_i('0),
    .write_data_i('0)
  );
  ram_1r1w #(.Width(CountBits + AddressBits + GroupBits), .Depth(Columns), .InitFile(ColumnFile)) u_columns (
    .clk_i,
    .read_i(phase_q == Look),
    .read_address_i(column),
    .read_data_o({column_count, column_weight, column_group}),
    .write_i(1'b0),
    .write_address_i('0),
    .write_data_i('0)
  );
  if (ChannelFile != "") begin : gen_channels
    ram_1r1w #(.Width(AddressBits + GroupBits), .Depth(Channels), .InitFile(ChannelFile)) u_channels (
      .clk_i,
      .read_i(phase_q == Look),
      .read_address_i(channel_q),
      .read_data_o({channel_weight, channel_group}),
      .write_i(1'b0),
      .write_address_i('0),
      .write_data_i('0)
    );
  end else begin : gen_one_group
    assign channel_weight = AddressBits'(channel_q) * AddressBits'(TapWords);
    assign channel_group  = '0;
  end

  // A damaged word adds 0, like a word of zeros.
  logic unused_damaged;

  weight_words #(
    .Width(WordBits), .Depth(Depth), .SinglePort(SinglePort), .InitFile(InitFile), .Parity(Parity)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .read_i(read_o),
    .address_i(weight),
    .data_o(weights_o),
    .damaged_o(unused_damaged),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );
endmodule
