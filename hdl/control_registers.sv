// Runs a core through registers on a plain bus: a transfer ends in the cycle in which `bus_valid_i` and `bus_ready_o` meet; only a
// write of a host word ever waits. Offsets and fields: `lacuna_registers`, registers.md.
module control_registers
  import lacuna_registers::*;
#(
  parameter int unsigned Inputs = 64,
  parameter int unsigned Layers = 2,
  // Spikes that a layer can hand over in one cycle fit in so many bits.
  parameter int unsigned CountBits = 1,
  parameter int unsigned AddressBits = 8,
  parameter logic [31:0] Network = 32'h0
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        bus_valid_i,
  output logic                        bus_ready_o,
  input  logic                        bus_write_i,
  input  logic [AddressBits-1:0]      bus_address_i,
  input  logic [31:0]                 bus_data_i,
  output logic [31:0]                 bus_data_o,
  // To the core.
  output logic                        host_valid_o,
  input  logic                        host_ready_i,
  output logic [15:0]                 host_data_o,
  input  logic                        result_valid_i,
  output logic                        result_ready_o,
  input  logic [15:0]                 result_data_i,
  input  logic [Layers*CountBits-1:0] spikes_i
);
  logic [31:0]             cycles_q, stalls_q, samples_q;
  logic [Layers-1:0][31:0] spikes_q;
  logic                    write, read, clear, unused_bits;
  logic [31:0]             address, index;

  assign address        = 32'(bus_address_i);
  assign write          = bus_valid_i && bus_write_i;
  assign read           = bus_valid_i && !bus_write_i;
  assign clear          = write && address == ControlOffset && bus_data_i[0];
  assign host_valid_o   = write && address == HostOffset;
  assign host_data_o    = bus_data_i[15:0];
  assign bus_ready_o    = !host_valid_o || host_ready_i;
  assign result_ready_o = read && address == ResultOffset;
  assign index          = (address - SpikesOffset) >> 2;
  assign unused_bits    = ^bus_data_i[31:16];

  always_comb begin
    bus_data_o = '0;
    case (address)
      IdOffset:      bus_data_o = 32'h4c41434e;
      NetworkOffset: bus_data_o = Network;
      ShapeOffset:   bus_data_o = {8'h0, 8'(Layers), 16'(Inputs)};
      StatusOffset:  bus_data_o = {30'h0, result_valid_i, host_ready_i};
      ResultOffset:  bus_data_o = {result_valid_i, 15'h0, result_data_i};
      CyclesOffset:  bus_data_o = cycles_q;
      StallsOffset:  bus_data_o = stalls_q;
      SamplesOffset: bus_data_o = samples_q;
      default: begin
        for (int i = 0; i < int'(Layers); i++) begin
          if (address >= SpikesOffset && index == 32'(i)) bus_data_o = spikes_q[i];
        end
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear) begin
      cycles_q  <= '0;
      stalls_q  <= '0;
      samples_q <= '0;
      spikes_q  <= '0;
    end else begin
      cycles_q <= cycles_q + 32'd1;
      if (host_valid_o && !host_ready_i) stalls_q <= stalls_q + 32'd1;
      if (result_valid_i && result_ready_o && result_data_i[15]) samples_q <= samples_q + 32'd1;
      for (int i = 0; i < int'(Layers); i++) spikes_q[i] <= spikes_q[i] + 32'(spikes_i[i*CountBits+:CountBits]);
    end
  end
endmodule
