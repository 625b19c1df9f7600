// The spikes of all steps of a sample between two layers: written word by word in any order, then handed out step after step,
// with the end of the step behind each. A step holds `Words` words.
module step_words #(
  parameter int unsigned Steps = 8,
  parameter int unsigned Words = 4,
  parameter int unsigned Width = 8,
  localparam int unsigned Depth = Steps * Words,
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       write_data_i,
  // All words are written.
  input  logic                   start_i,
  // Nothing is being handed out.
  output logic                   idle_o,
  output logic                   word_valid_o,
  input  logic                   word_ready_i,
  output logic [Width-1:0]       word_o,
  output logic                   end_valid_o,
  input  logic                   end_ready_i,
  output logic                   last_o
);
  localparam int unsigned CountBits = Words > 1 ? $clog2(Words) : 1;
  localparam int unsigned StepBits = Steps > 1 ? $clog2(Steps) : 1;

  // `valid_q`: the RAM shows the next word; `ends_q`: the end of the step comes before it.
  logic                   reading_q, valid_q, ends_q, read;
  logic [AddressBits-1:0] address_q;
  logic [CountBits-1:0]   count_q;
  logic [StepBits-1:0]    step_q;
  logic                   accept, final_word, final_step;

  assign read         = reading_q && (!valid_q || accept);
  assign accept       = word_valid_o && word_ready_i;
  assign final_word   = count_q == CountBits'(Words - 1);
  assign final_step   = step_q == StepBits'(Steps - 1);
  assign word_valid_o = valid_q && !ends_q;
  assign end_valid_o  = ends_q;
  assign last_o       = final_step;
  assign idle_o       = !reading_q && !valid_q && !ends_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reading_q <= 1'b0;
      valid_q   <= 1'b0;
      ends_q    <= 1'b0;
      address_q <= '0;
      count_q   <= '0;
      step_q    <= '0;
    end else begin
      if (start_i) reading_q <= 1'b1;
      if (read) begin
        address_q <= address_q == AddressBits'(Depth - 1) ? '0 : address_q + 1'b1;
        if (address_q == AddressBits'(Depth - 1)) reading_q <= 1'b0;
      end
      if (read) valid_q <= 1'b1;
      else if (accept) valid_q <= 1'b0;
      if (accept) begin
        count_q <= final_word ? '0 : count_q + 1'b1;
        ends_q  <= final_word;
      end
      if (ends_q && end_ready_i) begin
        ends_q <= 1'b0;
        step_q <= final_step ? '0 : step_q + 1'b1;
      end
    end
  end

  ram_1r1w #(.Width(Width), .Depth(Depth)) u_words (
    .clk_i,
    .read_i(read),
    .read_address_i(address_q),
    .read_data_o(word_o),
    .write_i,
    .write_address_i,
    .write_data_i
  );
endmodule
