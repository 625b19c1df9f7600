// What a recurrent layer accumulates: the events of a step from below, then the spikes that the layer itself fired in the step
// before, behind `Offset`, then the end of the step. In the first step of a sample nothing was fired before; what it fired in the
// last step is dropped.
module recurrent_join #(
  parameter int unsigned InputBits = 8,
  parameter int unsigned OwnBits = 8,
  parameter int unsigned AddressBits = 9,
  parameter int unsigned Offset = 256
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // The layer is not updating: it may take the end of a step.
  input  logic                   accumulating_i,
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic                   in_end_i,
  input  logic                   in_last_i,
  input  logic [InputBits-1:0]   in_address_i,
  input  logic                   own_valid_i,
  output logic                   own_ready_o,
  input  logic                   own_end_i,
  input  logic                   own_last_i,
  input  logic [OwnBits-1:0]     own_address_i,
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic                   out_end_o,
  output logic                   out_last_o,
  output logic [AddressBits-1:0] out_address_o
);
  typedef enum logic [1:0] {Forward, Feedback, Drain} phase_e;

  phase_e phase_q;
  logic   first_q, last_q, holds, passed_end;

  // The end of a step waits until the layer's own spikes are through.
  assign holds      = phase_q == Forward && in_end_i && !first_q;
  assign passed_end = out_valid_o && out_ready_i && out_end_o;

  always_comb begin
    out_valid_o   = 1'b0;
    out_end_o     = in_end_i;
    out_last_o    = in_last_i;
    out_address_o = AddressBits'(in_address_i);
    in_ready_o    = 1'b0;
    own_ready_o   = 1'b0;
    case (phase_q)
      Forward: begin
        out_valid_o = in_valid_i && !holds;
        in_ready_o  = holds ? accumulating_i : out_ready_i;
      end
      Feedback: begin
        out_valid_o   = own_valid_i;
        out_end_o     = own_end_i;
        out_last_o    = last_q;
        out_address_o = AddressBits'(own_address_i) + AddressBits'(Offset);
        own_ready_o   = out_ready_i;
      end
      default: own_ready_o = 1'b1;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q <= Forward;
      first_q <= 1'b1;
      last_q  <= 1'b0;
    end else if (passed_end) begin
      phase_q <= out_last_o ? Drain : Forward;
      first_q <= 1'b0;
    end else if (holds && in_valid_i && accumulating_i) begin
      phase_q <= Feedback;
      last_q  <= in_last_i;
    end else if (phase_q == Drain && own_valid_i && own_end_i && own_last_i) begin
      phase_q <= Forward;
      first_q <= 1'b1;
    end
  end
endmodule
