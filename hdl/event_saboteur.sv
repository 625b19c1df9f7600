// Loses events of a stream and invents some, for fault injection: an event is dropped when the decision register is below `Drop`,
// and a step ends with one more event, of random address, when it is below `Spurious`. The registers move once per token, so that
// the golden model draws the same numbers.
module event_saboteur #(
  parameter int unsigned AddressBits = 7,
  // Addresses that exist.
  parameter int unsigned Events = 128,
  parameter int unsigned Drop = 0,
  parameter int unsigned Spurious = 0,
  parameter int unsigned Seed = 1,
  parameter int unsigned PlaceSeed = 2
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic                   in_end_i,
  input  logic                   in_last_i,
  input  logic [AddressBits-1:0] in_address_i,
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic                   out_end_o,
  output logic                   out_last_o,
  output logic [AddressBits-1:0] out_address_o
);
  logic [15:0] decide_q, place_q;
  logic [31:0] scaled;
  logic        served_q, drops, invents, drop, invent, taken;

  // x^16 + x^14 + x^13 + x^11 + 1, Galois form.
  function automatic logic [15:0] next(input logic [15:0] word);
    return {1'b0, word[15:1]} ^ (word[0] ? 16'hb400 : 16'h0);
  endfunction

  if (Drop > 0) begin : gen_drop
    assign drops = 32'(decide_q) < Drop;
  end else begin : gen_keep
    assign drops = 1'b0;
  end
  if (Spurious > 0) begin : gen_invent
    assign invents = 32'(decide_q) < Spurious;
  end else begin : gen_honest
    assign invents = 1'b0;
  end

  assign drop          = in_valid_i && !in_end_i && drops;
  assign invent        = in_valid_i && in_end_i && !served_q && invents;
  assign out_valid_o   = in_valid_i && !drop;
  assign out_end_o     = in_end_i && !invent;
  assign out_last_o    = in_last_i;
  assign scaled        = 32'(place_q) * Events;
  assign out_address_o = invent ? AddressBits'(scaled >> 16) : in_address_i;
  assign in_ready_o    = drop || (out_ready_i && !invent);
  assign taken         = (in_valid_i && in_ready_o) || (invent && out_ready_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      decide_q <= 16'(Seed);
      place_q  <= 16'(PlaceSeed);
      served_q <= 1'b0;
    end else if (taken) begin
      decide_q <= next(decide_q);
      if (invent) place_q <= next(place_q);
      served_q <= invent;
    end
  end
endmodule
