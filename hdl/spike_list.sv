// Compresses a sample: words of spike bits become a list of addresses, the lowest bit first, with an entry for the end of every
// step. Then the list is read over and over, once per group of neurons. A word takes max(1, spikes) cycles, an end two.
module spike_list #(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Steps = 8,
  // Bits of a word.
  parameter int unsigned Chunk = 16,
  localparam int unsigned InputBits = Inputs > 1 ? $clog2(Inputs) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 word_valid_i,
  output logic                 word_ready_o,
  input  logic [Chunk-1:0]     word_i,
  input  logic                 end_valid_i,
  output logic                 end_ready_o,
  input  logic                 last_i,
  // The list is complete and may be read.
  output logic                 full_o,
  // Show the next entry in the next cycle; behind the last one comes the first.
  input  logic                 read_i,
  output logic                 end_o,
  output logic                 last_o,
  output logic [InputBits-1:0] address_o,
  // The entry that `read_i` fetches is the last of the list.
  output logic                 final_o,
  input  logic                 clear_i
);
  localparam int unsigned Depth = Steps * (Inputs + 1);
  localparam int unsigned EntryBits = $clog2(Depth + 1);
  localparam int unsigned RamBits = Depth > 1 ? $clog2(Depth) : 1;

  logic                 full_q, encoder_ready, encoder_idle, spike_valid, write;
  logic [InputBits-1:0] base_q, spike;
  logic [EntryBits-1:0] count_q, read_q;
  logic [InputBits-1:0] end_entry;

  assign word_ready_o = encoder_ready && !full_q;
  assign end_ready_o  = encoder_idle && !full_q;
  assign write        = spike_valid || (end_valid_i && end_ready_o);
  assign end_entry    = InputBits'(last_i);
  assign full_o       = full_q;
  assign final_o      = read_q == count_q - 1'b1;
  assign last_o       = address_o[0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q  <= 1'b0;
      base_q  <= '0;
      count_q <= '0;
      read_q  <= '0;
    end else if (clear_i) begin
      full_q  <= 1'b0;
      count_q <= '0;
      read_q  <= '0;
    end else begin
      if (write) count_q <= count_q + 1'b1;
      if (read_i) read_q <= final_o ? '0 : read_q + 1'b1;
      if (word_valid_i && word_ready_o) base_q <= base_q + InputBits'(Chunk);
      if (end_valid_i && end_ready_o) begin
        base_q <= '0;
        full_q <= last_i;
      end
    end
  end

  event_encoder #(.Lanes(Chunk), .AddressBits(InputBits)) u_encoder (
    .clk_i,
    .rst_ni,
    .ready_o(encoder_ready),
    .word_valid_i(word_valid_i && !full_q),
    .word_i,
    .word_base_i(base_q),
    .event_valid_o(spike_valid),
    .event_ready_i(1'b1),
    .event_address_o(spike),
    .idle_o(encoder_idle)
  );

  ram_1r1w #(.Width(InputBits + 1), .Depth(Depth)) u_list (
    .clk_i,
    .read_i,
    .read_address_i(RamBits'(read_q)),
    .read_data_o({end_o, address_o}),
    .write_i(write),
    .write_address_i(RamBits'(count_q)),
    .write_data_i(spike_valid ? {1'b0, spike} : {1'b1, end_entry})
  );
endmodule
