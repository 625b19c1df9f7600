/** A RAM block as data: what it holds, and in which shapes. */
export interface RamKind {
  readonly name: RamKindName;
  readonly title: string;
  readonly bits: number;
  /** Words × bits of a word; wider memories take blocks side by side. */
  readonly shapes: readonly { readonly depth: number; readonly width: number }[];
  readonly source: string;
}

export type RamKindName = "ice40-ebr" | "ice40-spram" | "ecp5-ebr" | "xc7-ramb18" | "xc7-ramb36";

/** From the widest word down; a word of 9 bits carries a parity bit that narrower ones leave out. */
const halving = (widths: readonly number[]): RamKind["shapes"] =>
  widths.map((width, i) => ({ depth: 512 * 2 ** i, width }));

/** Every kind, by name. */
export const ramKinds: Readonly<Record<RamKindName, RamKind>> = {
  "ice40-ebr": {
    name: "ice40-ebr",
    title: "iCE40 block RAM, 4 kbit",
    bits: 4096,
    shapes: [
      { depth: 256, width: 16 },
      { depth: 512, width: 8 },
      { depth: 1024, width: 4 },
      { depth: 2048, width: 2 },
    ],
    source: "Lattice, Memory Usage Guide for iCE40 Devices, FPGA-TN-02002",
  },
  "ice40-spram": {
    name: "ice40-spram",
    title: "iCE40 UltraPlus single-port RAM, 256 kbit",
    bits: 16384 * 16,
    shapes: [{ depth: 16384, width: 16 }],
    source: "Lattice, iCE40 SPRAM Usage Guide, FPGA-TN-02022",
  },
  "ecp5-ebr": {
    name: "ecp5-ebr",
    title: "ECP5 block RAM, 18 kbit",
    bits: 18432,
    shapes: halving([36, 18, 9, 4, 2, 1]),
    source: "Lattice, ECP5 and ECP5-5G Memory User Guide, FPGA-TN-02204",
  },
  "xc7-ramb18": {
    name: "xc7-ramb18",
    title: "7-series block RAM, 18 kbit",
    bits: 18432,
    shapes: halving([36, 18, 9, 4, 2, 1]),
    source: "AMD, 7 Series FPGAs Memory Resources, UG473",
  },
  "xc7-ramb36": {
    name: "xc7-ramb36",
    title: "7-series block RAM, 36 kbit",
    bits: 36864,
    shapes: halving([72, 36, 18, 9, 4, 2, 1]),
    source: "AMD, 7 Series FPGAs Memory Resources, UG473",
  },
};

/** Blocks that a memory of `depth` words of `width` bits needs in its best shape; 0 for one without bits. */
export function ramBlocks({ shapes }: RamKind, depth: number, width: number): number {
  if (depth === 0 || width === 0) return 0;
  return Math.min(...shapes.map((shape) => Math.ceil(depth / shape.depth) * Math.ceil(width / shape.width)));
}
