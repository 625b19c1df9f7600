/**
 * Which weights survive: the largest by magnitude, so many that the share of zeros is `sparsity`.
 *
 * @param weights    Shape [input, neuron].
 * @param blockSize  1 prunes single weights; otherwise groups of so many consecutive neurons in a row live or die together, by the
 *                   sum of their squares: hardware skips whole groups only.
 * @returns 1 for a weight that stays, 0 for one that is pruned. Shape [input, neuron].
 */
export function magnitudeMask(
  weights: Float32Array,
  options: { readonly neuronCount: number; readonly sparsity: number; readonly blockSize: number },
): Uint8Array {
  const { neuronCount, sparsity, blockSize } = options;
  const blocksPerRow = Math.ceil(neuronCount / blockSize);
  const rows = weights.length / neuronCount;
  const scores = new Float64Array(rows * blocksPerRow);
  weights.forEach((weight, i) => {
    const block = blockOf(i, neuronCount, blockSize, blocksPerRow);
    scores[block] = (scores[block] ?? 0) + weight * weight;
  });
  const order = Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
  const pruned = new Uint8Array(scores.length);
  const wanted = Math.round(sparsity * scores.length);
  for (let i = 0; i < wanted; i++) pruned[order[i] ?? 0] = 1;
  return Uint8Array.from(weights, (_, i) => 1 - (pruned[blockOf(i, neuronCount, blockSize, blocksPerRow)] ?? 0));
}

/**
 * Sparsity after a share `progress` (0…1) of a gradual schedule that ends at `final`: quickly at first, then ever more gently.
 * @source M. Zhu, S. Gupta, "To prune, or not to prune", 2017, eq. 1, arXiv:1710.01878
 */
export function gradualSparsity(final: number, progress: number): number {
  return final * (1 - (1 - Math.min(1, Math.max(0, progress))) ** 3);
}

// ---------------------------------------------------------------------------------------------------------------------

function blockOf(index: number, neuronCount: number, blockSize: number, blocksPerRow: number): number {
  const row = Math.floor(index / neuronCount);
  return row * blocksPerRow + Math.floor((index - row * neuronCount) / blockSize);
}
