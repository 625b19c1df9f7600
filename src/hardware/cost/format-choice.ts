// Which format a layer's weights are best stored in, judged by what the RAM blocks really hold, and why.

import { assertDefined } from "../../base/index.ts";
import {
  breakEvenDensity,
  logicalBits,
  ramShape,
  storageFormats,
  type IntegerMatrix,
  type StoredMatrix,
} from "../../model/sparsity/index.ts";
import { ramBlocks, type RamKind } from "../target/index.ts";

/** What a matrix costs in a format. */
export interface FormatCost {
  readonly format: string;
  /** Bits that carry meaning. */
  readonly logicalBits: number;
  /** Bits of the RAM blocks that they occupy, every memory in blocks of its own. */
  readonly allocatedBits: number;
  readonly blocks: number;
  /** Mean over the rows: cycles and metadata words until all weights of a spike are there. */
  readonly cyclesPerSpike: number;
  readonly metadataReadsPerSpike: number;
  /** Density below which the format needs fewer bits than plain storage; undefined when it never does. */
  readonly breakEven: number | undefined;
}

export interface FormatChoice {
  readonly costs: readonly FormatCost[];
  readonly chosen: FormatCost;
  readonly density: number;
  /** One sentence. */
  readonly reason: string;
}

/** The cost of a matrix in every format. */
export function formatCosts(matrix: IntegerMatrix, ram: RamKind, lanes: number): FormatCost[] {
  return storageFormats.map((format) => {
    const stored = format.encode(matrix, lanes);
    const blocks = blocksOf(stored, ram);
    const reads = format.rowReads(matrix, lanes);
    const mean = (of: (read: (typeof reads)[number]) => number): number =>
      reads.reduce((sum, read) => sum + of(read), 0) / Math.max(1, reads.length);
    return {
      format: format.name,
      logicalBits: logicalBits(stored),
      allocatedBits: blocks * ram.bits,
      blocks,
      cyclesPerSpike: mean(({ cycles }) => cycles),
      metadataReadsPerSpike: mean(({ metadataReads }) => metadataReads),
      breakEven: breakEvenDensity(format, matrix, lanes),
    };
  });
}

/**
 * The format with the fewest allocated bits among those that keep up: a spike may take so many cycles, by default as many as plain
 * storage. Ties go to fewer logical bits, then to fewer cycles.
 */
export function chooseFormat(
  matrix: IntegerMatrix,
  options: { readonly ram: RamKind; readonly lanes: number; readonly maxCycles?: number | undefined },
): FormatChoice {
  const { ram, lanes } = options;
  const costs = formatCosts(matrix, ram, lanes);
  const plain = assertDefined(costs[0], "dense");
  const limit = options.maxCycles ?? plain.cyclesPerSpike;
  const order = costs
    .filter(({ cyclesPerSpike }) => cyclesPerSpike <= limit)
    .sort(
      (a, b) =>
        a.allocatedBits - b.allocatedBits || a.logicalBits - b.logicalBits || a.cyclesPerSpike - b.cyclesPerSpike,
    );
  const chosen = order[0] ?? plain;
  const density = densityOf(matrix);
  return { costs, chosen, density, reason: reasonOf({ costs, chosen, density, limit, plain }) };
}

// ---------------------------------------------------------------------------------------------------------------------

function blocksOf({ memories }: StoredMatrix, ram: RamKind): number {
  return memories.reduce((sum, memory) => {
    const { depth, width } = ramShape(memory);
    return sum + ramBlocks(ram, depth, width);
  }, 0);
}

function densityOf({ values }: IntegerMatrix): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) found++;
  return values.length === 0 ? 0 : found / values.length;
}

function reasonOf(found: {
  readonly costs: readonly FormatCost[];
  readonly chosen: FormatCost;
  readonly density: number;
  readonly limit: number;
  readonly plain: FormatCost;
}): string {
  const { costs, chosen, density, limit, plain } = found;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const smallest = costs.reduce((a, b) => (b.allocatedBits < a.allocatedBits ? b : a));
  const slower =
    smallest.allocatedBits < chosen.allocatedBits
      ? `; ${smallest.format} would take ${smallest.blocks} blocks but ${smallest.cyclesPerSpike.toFixed(1)} cycles per spike, more than ${limit.toFixed(1)}`
      : "";
  if (chosen.format === plain.format) {
    return `${percent(density)} of the weights are not zero: nothing that keeps up needs fewer blocks than ${plain.blocks}${slower}`;
  }
  const edge = chosen.breakEven === undefined ? "" : ` (it saves bits below ${percent(chosen.breakEven)})`;
  return `${percent(density)} of the weights are not zero${edge}: ${chosen.blocks} blocks instead of ${plain.blocks}${slower}`;
}
