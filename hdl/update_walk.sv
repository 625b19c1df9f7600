// The order of an update pass: group after group, or, where windows of positions are combined, the positions of a window one
// after the other, then the next word of channels, window after window. A position holds `Words` groups.
module update_walk #(
  parameter int unsigned Groups = 8,
  parameter int unsigned Words = 8,
  parameter int unsigned Window = 1,
  // Windows, and positions of a row of the grid that they cover; only used when `Window` is above 1.
  parameter int unsigned Rows = 1,
  parameter int unsigned Columns = 1,
  parameter int unsigned GridColumns = 1,
  localparam int unsigned GroupBits = Groups > 1 ? $clog2(Groups) : 1,
  localparam int unsigned WordBits = Words > 1 ? $clog2(Words) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // To the next group; behind the last one comes the first.
  input  logic                 step_i,
  output logic [GroupBits-1:0] group_o,
  output logic [WordBits-1:0]  word_o,
  // First and last position of a window, and the end of the pass.
  output logic                 first_o,
  output logic                 final_o,
  output logic                 last_o
);
  if (Window > 1) begin : gen_windows
    localparam int unsigned SideBits = $clog2(Window);
    localparam int unsigned ColumnBits = Columns > 1 ? $clog2(Columns) : 1;
    localparam int unsigned RowBits = Rows > 1 ? $clog2(Rows) : 1;
    localparam logic [GroupBits-1:0] NextPosition = GroupBits'(Words);
    localparam logic [GroupBits-1:0] NextLine = GroupBits'((GridColumns - Window + 1) * Words);
    localparam logic [GroupBits-1:0] NextWindow = GroupBits'(Window * Words);
    localparam logic [GroupBits-1:0] NextRow = GroupBits'((Window * GridColumns - (Columns - 1) * Window) * Words);

    logic [SideBits-1:0]   x_q, y_q;
    logic [WordBits-1:0]   word_q;
    logic [ColumnBits-1:0] column_q;
    logic [RowBits-1:0]    row_q;
    logic [GroupBits-1:0]  start_q, offset_q;
    logic                  final_x, final_y, final_word, final_column, final_row;

    assign final_x      = x_q == SideBits'(Window - 1);
    assign final_y      = y_q == SideBits'(Window - 1);
    assign final_word   = word_q == WordBits'(Words - 1);
    assign final_column = column_q == ColumnBits'(Columns - 1);
    assign final_row    = row_q == RowBits'(Rows - 1);
    assign group_o      = start_q + offset_q + GroupBits'(word_q);
    assign word_o       = word_q;
    assign first_o      = x_q == '0 && y_q == '0;
    assign final_o      = final_x && final_y;
    assign last_o       = final_o && final_word && final_column && final_row;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        x_q      <= '0;
        y_q      <= '0;
        word_q   <= '0;
        column_q <= '0;
        row_q    <= '0;
        start_q  <= '0;
        offset_q <= '0;
      end else if (step_i) begin
        x_q <= final_x ? '0 : x_q + 1'b1;
        if (final_x) y_q <= final_y ? '0 : y_q + 1'b1;
        offset_q <= final_o ? '0 : offset_q + (final_x ? NextLine : NextPosition);
        if (final_o) word_q <= final_word ? '0 : word_q + 1'b1;
        if (final_o && final_word) begin
          column_q <= final_column ? '0 : column_q + 1'b1;
          if (final_column) row_q <= final_row ? '0 : row_q + 1'b1;
          start_q <= last_o ? '0 : start_q + (final_column ? NextRow : NextWindow);
        end
      end
    end
  end else begin : gen_groups
    logic [GroupBits-1:0] group_q;

    assign group_o = group_q;
    assign first_o = 1'b1;
    assign final_o = 1'b1;
    assign last_o  = group_q == GroupBits'(Groups - 1);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) group_q <= '0;
      else if (step_i) group_q <= last_o ? '0 : group_q + 1'b1;
    end

    if (Words == Groups) begin : gen_one_position
      assign word_o = group_q;
    end else begin : gen_positions
      logic [WordBits-1:0] word_q;
      assign word_o = word_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) word_q <= '0;
        else if (step_i) word_q <= word_q == WordBits'(Words - 1) ? '0 : word_q + 1'b1;
      end
    end
  end
endmodule
