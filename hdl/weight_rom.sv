// Weight words behind one registered read port. `SinglePort` selects where they lie: block RAM with initial content, or the
// large single-port RAM that is filled byte by byte, low bits of a word first.
module weight_rom #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 1024,
  parameter bit SinglePort = 1'b0,
  parameter string InitFile = "",
  localparam int unsigned AddressBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] address_i,
  output logic [Width-1:0]       data_o,
  // Loading; only used with SinglePort.
  input  logic                   load_start_i,
  input  logic                   load_valid_i,
  input  logic [7:0]             load_byte_i
);
  if (SinglePort) begin : gen_single_port
    localparam int unsigned Bytes = (Width + 7) / 8;
    localparam int unsigned CountBits = Bytes > 1 ? $clog2(Bytes) : 1;
    logic [Bytes*8-1:0]     word_d, word_q;
    logic [CountBits-1:0]   count_q;
    logic [AddressBits-1:0] load_address_q;
    logic                   write;
    logic                   unused_read;

    assign unused_read = read_i;
    assign write = load_valid_i && count_q == CountBits'(Bytes - 1);
    if (Bytes > 1) begin : gen_shift
      assign word_d = {load_byte_i, word_q[Bytes*8-1:8]};
    end else begin : gen_byte
      assign word_d = load_byte_i;
    end

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        word_q         <= '0;
        count_q        <= '0;
        load_address_q <= '0;
      end else if (load_start_i) begin
        count_q        <= '0;
        load_address_q <= '0;
      end else if (load_valid_i) begin
        word_q  <= word_d;
        count_q <= write ? '0 : count_q + 1'b1;
        if (write) load_address_q <= load_address_q + 1'b1;
      end
    end

    ram_single_port #(.Width(Width), .Depth(Depth)) u_ram (
      .clk_i,
      .write_i(write),
      .address_i(write ? load_address_q : address_i),
      .write_data_i(word_d[Width-1:0]),
      .read_data_o(data_o)
    );
  end else begin : gen_block
    logic unused_load;
    assign unused_load = ^{rst_ni, load_start_i, load_valid_i, load_byte_i};

    ram_1r1w #(.Width(Width), .Depth(Depth), .InitFile(InitFile)) u_ram (
      .clk_i,
      .read_i,
      .read_address_i(address_i),
      .read_data_o(data_o),
      .write_i(1'b0),
      .write_address_i('0),
      .write_data_i('0)
    );
  end
endmodule
