/** One file of a design: SystemVerilog, a memory image (`.hex`) or constraints. */
export interface DesignFile {
  readonly name: string;
  readonly text: string;
}

/**
 * SystemVerilog ready to simulate and synthesize, with the ports every testbench of Lacuna drives.
 *
 * Core ports (module `core`): `clk_i`, `rst_ni`; host stream in `host_valid_i`, `host_ready_o`, `host_data_i[15:0]`; host stream
 * out `result_valid_o`, `result_ready_i`, `result_data_o[15:0]`; and per layer l the observed events `observe_valid_o[l]`,
 * `observe_end_o[l]` (packed, one bit per layer) and `observe_address_o` (packed, 16 bits per layer).
 */
export interface RtlDesign {
  readonly kind: "rtl-design";
  /** Module that verification simulates: everything but pads, with the observation ports. */
  readonly core: string;
  /** Module that is synthesized: `core` with the observation ports left open. */
  readonly top: string;
  readonly files: readonly DesignFile[];
  readonly layerCount: number;
  /** Words to send on the host port before the first sample: weights of memories that the bitstream cannot initialize. */
  readonly loadWords: Uint16Array;
}
