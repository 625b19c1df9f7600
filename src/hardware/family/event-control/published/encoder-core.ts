/** A fully connected layer behind a chunked priority encoder: all steps are compressed to address lists, then accumulated. */
export interface EncoderCoreWork {
  readonly inputCount: number;
  /** Bits that the priority encoder looks at together. */
  readonly chunkBits: number;
  /** Logical neurons per physical unit. */
  readonly groups: number;
  /** Spikes of each step. */
  readonly spikes: readonly number[];
}

export interface EncoderCoreTimes {
  readonly compressionCycles: number;
  readonly totalCycles: number;
  /** Broadcasts that a unit adds a weight for. */
  readonly accumulations: number;
}

/** What the published SystemVerilog does and no hardware should; all absent by default. */
export interface EncoderCoreDefects {
  /** One pass over the lists too many. */
  readonly extraPass?: boolean;
  /** The last spike of every step is not added. */
  readonly lostLastSpike?: boolean;
}

export const publishedEncoderDefects: EncoderCoreDefects = { extraPass: true, lostLastSpike: true };

/**
 * Cycles of the encoder core: a chunk costs a load and an empty test, a spike its emission and its clearing; each pass over the
 * lists reads every step's addresses, an empty step one.
 * @source SNN-DSE, git 8a2fc2b, `fc_ec.sv`, measured with Verilator
 */
export function predictEncoderCore(
  { inputCount, chunkBits, groups, spikes }: EncoderCoreWork,
  { extraPass = false, lostLastSpike = false }: EncoderCoreDefects = {},
): EncoderCoreTimes {
  const sum = (of: (count: number) => number): number => spikes.reduce((total, count) => total + of(count), 0);
  const passes = groups + (extraPass ? 1 : 0);
  const compressionCycles = 2 + sum((count) => 3 + 2 * Math.ceil(inputCount / chunkBits) + 2 * count);
  const accumulationCycles = 2 + passes * (1 + sum((count) => Math.max(count, 1) + 2));
  const added = sum((count) => (lostLastSpike ? Math.max(count - 1, 0) : count));
  return { compressionCycles, totalCycles: compressionCycles + accumulationCycles, accumulations: passes * added };
}
