// Counts the spikes of each class over a sample; after the last step sends one count per class, then the class with the most
// spikes (the lowest on a tie), and starts again from zero.
module readout #(
  parameter int unsigned Classes = 10,
  parameter int unsigned CountBits = 8,
  // A class may fire in the very next cycle again; then its count is not read back from RAM.
  parameter bit Repeats = 1'b0,
  localparam int unsigned ClassBits = Classes > 1 ? $clog2(Classes) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 event_valid_i,
  output logic                 event_ready_o,
  input  logic                 event_end_i,
  input  logic                 event_last_i,
  input  logic [ClassBits-1:0] event_address_i,
  output logic                 result_valid_o,
  input  logic                 result_ready_i,
  output logic [15:0]          result_data_o
);
  typedef enum logic [1:0] {Count, Read, Send, Decide} phase_e;

  phase_e               phase_q;
  logic [ClassBits-1:0] class_q, best_class_q, add_class_q;
  logic [CountBits-1:0] best_q, count, stored;
  logic                 none_q, add_q, spike, again, better;

  assign event_ready_o = phase_q == Count;
  assign spike         = event_valid_i && event_ready_o && !event_end_i;
  assign better        = none_q || count > best_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q      <= Count;
      class_q      <= '0;
      best_class_q <= '0;
      best_q       <= '0;
      none_q       <= 1'b1;
      add_q        <= 1'b0;
      add_class_q  <= '0;
    end else begin
      add_q       <= spike;
      add_class_q <= event_address_i;
      case (phase_q)
        Count: if (event_valid_i && event_end_i && event_last_i) phase_q <= Read;
        Read: phase_q <= Send;
        Send: begin
          if (result_ready_i) begin
            if (better) begin
              best_q       <= count;
              best_class_q <= class_q;
            end
            none_q  <= 1'b0;
            class_q <= class_q + 1'b1;
            phase_q <= class_q == ClassBits'(Classes - 1) ? Decide : Read;
          end
        end
        Decide: begin
          if (result_ready_i) begin
            phase_q <= Count;
            class_q <= '0;
            none_q  <= 1'b1;
          end
        end
        default: phase_q <= Count;
      endcase
    end
  end

  if (Repeats) begin : gen_repeats
    logic                 again_q;
    logic [CountBits-1:0] added_q;
    assign again = spike && add_q && event_address_i == add_class_q;
    assign count = again_q ? added_q : stored;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        again_q <= 1'b0;
        added_q <= '0;
      end else begin
        again_q <= again;
        added_q <= count + 1'b1;
      end
    end
  end else begin : gen_apart
    assign again = 1'b0;
    assign count = stored;
  end

  ram_1r1w #(.Width(CountBits), .Depth(Classes)) u_counts (
    .clk_i,
    .read_i((spike && !again) || phase_q == Read),
    .read_address_i(phase_q == Read ? class_q : event_address_i),
    .read_data_o(stored),
    .write_i(add_q || (phase_q == Send && result_ready_i)),
    .write_address_i(add_q ? add_class_q : class_q),
    .write_data_i(add_q ? count + 1'b1 : '0)
  );

  assign result_valid_o = phase_q == Send || phase_q == Decide;
  assign result_data_o  = phase_q == Decide ? {1'b1, 15'(best_class_q)} : {1'b0, 15'(count)};
endmodule
