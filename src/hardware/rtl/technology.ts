// Kinds of logic that a design is synthesized for: the pass of Yosys, and which of its cells are what a data sheet counts.

import type { Target } from "../target/index.ts";

/** What a user counts, as a set of cell types. */
export interface Resource {
  readonly title: string;
  readonly unit: "cell" | "block";
  readonly types: RegExp;
}

/** A family of chips as synthesis sees it. */
export interface Technology {
  readonly title: string;
  readonly resources: readonly Resource[];
  /** Commands of Yosys that synthesize module `top`; afterwards every cell has a name that says where it belongs. */
  readonly pass: (top: string) => string;
}

export type TechnologyName = "ecp5" | "xilinx7";

/** Chips whose vendors' tools place and time them; here they are synthesized to cells. Adding one is one line. */
export const technologies: Readonly<Record<TechnologyName, Technology>> = {
  ecp5: {
    title: "Lattice ECP5",
    resources: [
      { title: "LUT4", unit: "cell", types: /^LUT4$/ },
      { title: "carry cells (2 LUT4 each)", unit: "cell", types: /^CCU2C$/ },
      { title: "flip-flops", unit: "cell", types: /^TRELLIS_FF$/ },
      { title: "distributed RAMs", unit: "cell", types: /^TRELLIS_DPR16X4$/ },
      { title: "block RAMs (18 kbit)", unit: "block", types: /^(DP16KD|PDPW16KD)$/ },
      { title: "DSPs", unit: "block", types: /^(MULT18X18D|ALU54B)$/ },
    ],
    pass: (top) => `synth_ecp5 -top ${top}; autoname`,
  },
  xilinx7: {
    title: "Xilinx 7 series",
    resources: [
      { title: "LUTs", unit: "cell", types: /^LUT[1-6]$/ },
      { title: "inverters", unit: "cell", types: /^INV$/ },
      { title: "carry cells (4 bit)", unit: "cell", types: /^CARRY4$/ },
      { title: "flip-flops", unit: "cell", types: /^(FD[RSCP]E|LD[CP]E)$/ },
      { title: "LUT RAMs and shift registers", unit: "cell", types: /^(RAM(32|64|128|256)|SRL)/ },
      { title: "block RAMs (36 kbit)", unit: "block", types: /^RAMB36E1$/ },
      { title: "block RAMs (18 kbit)", unit: "block", types: /^RAMB18E1$/ },
      { title: "DSPs", unit: "block", types: /^DSP48E1$/ },
    ],
    pass: (top) => `synth_xilinx -family xc7 -top ${top}; autoname`,
  },
};

/** iCE40 with the single-port RAMs and the delays of one chip. */
export function ice40Technology(target: Target): Technology {
  return {
    title: target.title,
    resources: [
      { title: "LUT4", unit: "cell", types: /^SB_LUT4$/ },
      { title: "flip-flops", unit: "cell", types: /^SB_DFF/ },
      { title: "block RAMs", unit: "block", types: /^SB_RAM40/ },
      { title: "single-port RAMs", unit: "block", types: /^SB_SPRAM256KA$/ },
    ],
    pass: (top) => synthesisPass(top, target),
  };
}

/** The command of Yosys that synthesizes module `top` for an iCE40. */
export function synthesisPass(top: string, { flow, limits }: Target): string {
  const singlePort = limits.singlePortRams.value > 0 ? " -spram" : "";
  return `synth_ice40 -top ${top}${singlePort} -abc9 -device ${flow.device === "up5k" ? "u" : "hx"}`;
}
