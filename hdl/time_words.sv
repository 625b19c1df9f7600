// Collects the events of a sample as one word per input, a bit per step. When the sample is whole and the reader has room, every
// input that fired at all is handed out with its word, lowest first; looking at an input takes one cycle, fired or not.
module time_words #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Steps = 8,
  localparam int unsigned InputBits = Inputs > 1 ? $clog2(Inputs) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 event_valid_i,
  output logic                 event_ready_o,
  input  logic                 event_end_i,
  input  logic                 event_last_i,
  input  logic [InputBits-1:0] event_address_i,
  input  logic                 room_i,
  output logic                 entry_valid_o,
  output logic [InputBits-1:0] entry_address_o,
  output logic [Steps-1:0]     entry_word_o,
  // In the cycle of the last input.
  output logic                 done_o
);
  typedef enum logic [1:0] {Collect, Wait, Scan} phase_e;

  phase_e               phase_q;
  logic                 accept, spike, scan, add_q, clear_q;
  logic [InputBits-1:0] scan_q, address_q;
  logic [Steps-1:0]     step_q, word;

  assign event_ready_o   = phase_q == Collect;
  assign accept          = event_valid_i && event_ready_o;
  assign spike           = accept && !event_end_i;
  assign scan            = phase_q == Scan;
  assign entry_valid_o   = clear_q && word != '0;
  assign entry_address_o = address_q;
  assign entry_word_o    = word;
  assign done_o          = clear_q && !scan;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q   <= Collect;
      scan_q    <= '0;
      address_q <= '0;
      step_q    <= Steps'(1);
      add_q     <= 1'b0;
      clear_q   <= 1'b0;
    end else begin
      add_q     <= spike;
      clear_q   <= scan;
      address_q <= scan ? scan_q : event_address_i;
      case (phase_q)
        Collect: begin
          if (accept && event_end_i) begin
            step_q <= event_last_i ? Steps'(1) : step_q << 1;
            if (event_last_i) phase_q <= Wait;
          end
        end
        Wait: if (room_i) phase_q <= Scan;
        default: begin
          scan_q <= scan_q == InputBits'(Inputs - 1) ? '0 : scan_q + 1'b1;
          if (scan_q == InputBits'(Inputs - 1)) phase_q <= Collect;
        end
      endcase
    end
  end

  // A spike sets its step's bit; an input that was handed out starts again from zero.
  ram_1r1w #(.Width(Steps), .Depth(Inputs)) u_words (
    .clk_i,
    .read_i(spike || scan),
    .read_address_i(scan ? scan_q : event_address_i),
    .read_data_o(word),
    .write_i(add_q || clear_q),
    .write_address_i(address_q),
    .write_data_i(clear_q ? '0 : word | step_q)
  );
endmodule
