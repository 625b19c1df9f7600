// Offsets of the registers, in bytes. Printed from src/hardware/rtl/register-map.ts; do not edit.
package lacuna_registers;
  // "LACN" as 0x4c41434e.
  localparam int unsigned IdOffset = 'h0;
  // First 32 bits of the hash of the network that was built in.
  localparam int unsigned NetworkOffset = 'h4;
  // What was built.
  localparam int unsigned ShapeOffset = 'h8;
  // Takes effect with the write.
  localparam int unsigned ControlOffset = 'hc;
  // What is possible without waiting.
  localparam int unsigned StatusOffset = 'h10;
  // A host word: spike, end of step, selection of a weight memory, weight byte; the write waits until it is taken.
  localparam int unsigned HostOffset = 'h14;
  // Takes the next result word, if one is waiting.
  localparam int unsigned ResultOffset = 'h18;
  // Clock cycles since the counters were cleared.
  localparam int unsigned CyclesOffset = 'h1c;
  // Cycles in which a host word waited.
  localparam int unsigned StallsOffset = 'h20;
  // Decisions taken.
  localparam int unsigned SamplesOffset = 'h24;
  // Spikes that layer i handed over.
  localparam int unsigned SpikesOffset = 'h40;
endpackage
