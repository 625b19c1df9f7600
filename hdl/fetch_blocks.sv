// Weight fetch from compressed rows: only groups of lanes that hold a non-zero weight are stored, each with its group number.
// A row is found through a pointer word {count, start}. A spike occupies max(stored groups + 1, 2) cycles.
module fetch_blocks #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Groups = 8,
  parameter int unsigned WordBits = 32,
  parameter int unsigned Entries = 256,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  parameter bit Parity = 1'b0,
  parameter string PointerFile = "",
  localparam int unsigned InputBits = Inputs > 1 ? $clog2(Inputs) : 1,
  localparam int unsigned GroupBits = Groups > 1 ? $clog2(Groups) : 1,
  localparam int unsigned EntryBits = Entries > 1 ? $clog2(Entries) : 1,
  localparam int unsigned CountBits = $clog2(Groups + 1)
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
  typedef enum logic [1:0] {Idle, Pointer, Stream} phase_e;

  phase_e               phase_q;
  logic                 accept, final_cycle, entry_q, damaged;
  logic [CountBits-1:0] count, left_q;
  logic [EntryBits-1:0] start, entry_address_q;
  logic [WordBits-1:0]  entry_weights;

  assign final_cycle   = phase_q == Stream && left_q <= CountBits'(1);
  assign event_ready_o = phase_q == Idle || final_cycle;
  assign accept        = event_valid_i && event_ready_o;
  assign done_o        = accept && event_end_i;
  assign done_last_o   = event_last_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q         <= Idle;
      left_q          <= '0;
      entry_address_q <= '0;
      entry_q         <= 1'b0;
      weights_o       <= '0;
    end else begin
      entry_q   <= phase_q == Stream;
      weights_o <= entry_weights;
      if (accept) begin
        phase_q <= event_end_i ? Idle : Pointer;
      end else begin
        case (phase_q)
          Pointer: begin
            left_q          <= count;
            entry_address_q <= start;
            phase_q         <= count == '0 ? Idle : Stream;
          end
          Stream: begin
            left_q          <= left_q - 1'b1;
            entry_address_q <= entry_address_q + 1'b1;
            if (final_cycle) phase_q <= Idle;
          end
          default: phase_q <= Idle;
        endcase
      end
    end
  end

  ram_1r1w #(.Width(CountBits + EntryBits), .Depth(Inputs), .InitFile(PointerFile)) u_pointers (
    .clk_i,
    .read_i(accept),
    .read_address_i(event_address_i),
    .read_data_o({count, start}),
    .write_i(1'b0),
    .write_address_i('0),
    .write_data_i('0)
  );

  weight_words #(
    .Width(GroupBits + WordBits), .Depth(Entries), .SinglePort(SinglePort), .InitFile(InitFile), .Parity(Parity)
  ) u_entries (
    .clk_i,
    .rst_ni,
    .read_i(phase_q == Stream),
    .address_i(entry_address_q),
    .data_o({group_o, entry_weights}),
    .damaged_o(damaged),
    .load_start_i,
    .load_valid_i,
    .load_byte_i
  );
  // A damaged entry may name another group; it is skipped.
  assign read_o = entry_q && !damaged;
endmodule
