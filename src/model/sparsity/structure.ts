/** Zeros in the shapes that hardware can skip. Shares are of all such units; undefined where a layer has none. */
export interface StructuredSparsity {
  /** Rows without any weight: inputs, or input channels at one kernel position. */
  readonly emptyRows: number;
  /** Columns without any weight: neurons, or filters of a convolution. */
  readonly emptyColumns: number;
  /** K × K kernels without any weight; convolutions only. */
  readonly emptyKernels: number | undefined;
  /** Groups of P neighbors of a row without any weight. */
  readonly emptyBlocks: number;
  /** The smallest n for which every m neighbors of a row hold at most n weights. */
  readonly nOfM: number;
}

/**
 * Count empty units.
 * @param shape  Of the weights: [input, neuron], or [kernel row, kernel column, input channel, output channel].
 */
export function measureStructure(
  shape: readonly number[],
  values: ArrayLike<number>,
  { lanes, m }: { readonly lanes: number; readonly m: number },
): StructuredSparsity {
  const columns = shape.at(-1) ?? 1;
  const rows = columns === 0 ? 0 : values.length / columns;
  const isConv = shape.length === 4;
  const channels = isConv ? (shape[2] ?? 1) : rows;
  const blocks = Math.ceil(columns / lanes);
  const runs = Math.ceil(columns / m);
  const used = {
    rows: new Uint8Array(rows),
    columns: new Uint8Array(columns),
    kernels: new Uint8Array(isConv ? channels * columns : 0),
    blocks: new Uint8Array(rows * blocks),
    runs: new Uint32Array(rows * runs),
  };
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    const [row, column] = [Math.floor(i / columns), i % columns];
    used.rows[row] = 1;
    used.columns[column] = 1;
    if (isConv) used.kernels[(row % channels) * columns + column] = 1;
    used.blocks[row * blocks + Math.floor(column / lanes)] = 1;
    const run = row * runs + Math.floor(column / m);
    used.runs[run] = (used.runs[run] ?? 0) + 1;
  }
  return {
    emptyRows: emptyShare(used.rows),
    emptyColumns: emptyShare(used.columns),
    emptyKernels: isConv ? emptyShare(used.kernels) : undefined,
    emptyBlocks: emptyShare(used.blocks),
    nOfM: used.runs.reduce((most, count) => Math.max(most, count), 0),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function emptyShare(used: Uint8Array): number {
  return used.length === 0 ? 0 : used.reduce((sum, one) => sum + (1 - one), 0) / used.length;
}
