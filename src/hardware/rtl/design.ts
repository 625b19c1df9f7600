/** One file of a design: SystemVerilog, a memory image (`.hex`) or constraints. */
export interface DesignFile {
  readonly name: string;
  readonly text: string;
}

/** How a design shows what its layers hand over when that is not one event at a time. */
export interface Observation {
  /** Neurons of layer l that can show their spikes in one cycle. */
  readonly lanes: readonly number[];
}

/**
 * SystemVerilog ready to simulate and synthesize, with the ports every testbench of Lacuna drives.
 *
 * Core ports (module `core`): `clk_i`, `rst_ni`; host stream in `host_valid_i`, `host_ready_o`, `host_data_i[15:0]`; host stream
 * out `result_valid_o`, `result_ready_i`, `result_data_o[15:0]`; and per layer l the observed events `observe_valid_o[l]`,
 * `observe_end_o[l]` (packed, one bit per layer) and `observe_address_o` (packed, 16 bits per layer). With an `observation`, a valid
 * cycle shows the spikes of neurons `address + i` for every set bit i of the layer's part of `observe_mask_o`, in step
 * `observe_step_o` (packed, 16 bits per layer); its end ends all steps up to that one.
 */
export interface RtlDesign {
  readonly kind: "rtl-design";
  /** Module that verification simulates: everything but pads, with the observation ports. */
  readonly core: string;
  /** Module that is synthesized: `core` with the observation ports left open. */
  readonly top: string;
  readonly files: readonly DesignFile[];
  readonly layerCount: number;
  /** Undefined: layers hand over single events, step after step. */
  readonly observation?: Observation | undefined;
  /** Words to send on the host port before the first sample: weights of memories that the bitstream cannot initialize. */
  readonly loadWords: Uint16Array;
}
