import type { PrunablePart } from "./part.ts";

/** The units of a part: weights that live or die together. */
export interface Units {
  /** The unit of each weight. The shape of the part. */
  readonly unitOf: Uint32Array;
  readonly unitCount: number;
  /** Units that compete only with each other, all groups giving up the same number; without it all compete. Shape [unit]. */
  readonly groupOf?: Uint32Array;
}

/** What hardware can skip, and therefore what pruning removes. */
export interface PruningStructure {
  readonly name: string;
  readonly title: string;
  /**
   * Units of a part; undefined where the structure makes no sense: the classes cannot lose neurons.
   * @param size  Weights of a block, or m of n:m.
   */
  readonly unitsOf: (part: PrunablePart, size: number) => Units | undefined;
}

/** Units by a rule. */
export function unitsBy(part: PrunablePart, unitCount: number, unit: (row: number, column: number) => number): Units {
  const { values, columns } = part;
  return {
    unitOf: Uint32Array.from(values, (_, i) => unit(Math.floor(i / columns), i % columns)),
    unitCount,
  };
}
