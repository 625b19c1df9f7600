// Hands a vector of spikes out in words of `Chunk` bits, the lowest inputs first, and then the end of its step.
module vector_chunks #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Chunk = 16
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              full_i,
  input  logic              last_i,
  input  logic [Inputs-1:0] spikes_i,
  output logic              take_o,
  output logic              word_valid_o,
  input  logic              word_ready_i,
  output logic [Chunk-1:0]  word_o,
  // After the last word of a step, in the place of a word; `last_o` with the last step of a sample.
  output logic              end_valid_o,
  input  logic              end_ready_i,
  output logic              last_o
);
  localparam int unsigned Words = (Inputs + Chunk - 1) / Chunk;
  localparam int unsigned CountBits = Words > 1 ? $clog2(Words) : 1;
  typedef enum logic [1:0] {Take, Send, Close} phase_e;

  phase_e                 phase_q;
  logic [Words*Chunk-1:0] rest_q, shifted;
  logic [CountBits-1:0]   count_q;
  logic                   last_q;

  assign take_o       = phase_q == Take && full_i;
  assign word_valid_o = phase_q == Send;
  assign word_o       = rest_q[Chunk-1:0];
  assign end_valid_o  = phase_q == Close;
  assign last_o       = last_q;

  if (Words > 1) begin : gen_shift
    assign shifted = rest_q >> Chunk;
  end else begin : gen_single
    assign shifted = '0;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q <= Take;
      rest_q  <= '0;
      count_q <= '0;
      last_q  <= 1'b0;
    end else begin
      case (phase_q)
        Take: begin
          if (full_i) begin
            phase_q <= Send;
            rest_q  <= (Words * Chunk)'(spikes_i);
            last_q  <= last_i;
          end
        end
        Send: begin
          if (word_ready_i) begin
            rest_q  <= shifted;
            count_q <= count_q == CountBits'(Words - 1) ? '0 : count_q + 1'b1;
            if (count_q == CountBits'(Words - 1)) phase_q <= Close;
          end
        end
        default: if (end_ready_i) phase_q <= Take;
      endcase
    end
  end
endmodule
