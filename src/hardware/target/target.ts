import type { Quantity } from "../../base/index.ts";

/** A number on a chip's data sheet, with the sentence that says where it was read. */
export interface Sourced {
  readonly value: number;
  readonly source: string;
}

/** A chip or board as data: what it holds, how it is programmed, what an event costs. */
export interface Target {
  readonly kind: "target";
  readonly name: string;
  readonly title: string;
  /** Tool flow that places on it. */
  readonly flow: { readonly kind: "ice40"; readonly device: "up5k" | "hx8k"; readonly package: string };
  readonly limits: {
    readonly logicCells: Sourced;
    /** 4-kbit block RAMs (iCE40 EBR). */
    readonly blockRams: Sourced;
    /** Bits of one block RAM. */
    readonly blockRamBits: Sourced;
    /** 256-kbit single-port RAMs; they start undefined and are loaded over the host port. */
    readonly singlePortRams: Sourced;
    readonly multipliers: Sourced;
    readonly pins: Sourced;
  };
  /** Clock assumed for estimates before placement. */
  readonly estimatedClock: Quantity;
  /** Static power of the whole chip; undefined when no source is known. */
  readonly staticPower: Quantity | undefined;
}
