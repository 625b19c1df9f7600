import { denseLayers } from "../../../model/network/index.ts";
import type { PruningMethod } from "../method.ts";
import type { PrunablePart } from "../part.ts";

/**
 * Synaptic flow, without data: a weight counts by the sum of |w| products over all paths through it. Scoring anew in a hundred
 * rounds keeps every layer connected.
 */
export const synflow: PruningMethod = {
  name: "synflow",
  title: "least synaptic flow first, before training, without data",
  source: "H. Tanaka et al., Pruning neural networks without any data, NeurIPS 2020, eq. 2, arXiv:2006.05467",
  needsGradients: false,
  atInitialization: true,
  rounds: 100,
  score: (parts, { network }) => {
    denseLayers(network);
    const chain = parts.filter(({ key }) => key === "weights");
    const arriving = flows(chain, network.inputCount);
    const leaving = flowsBack(chain);
    return parts.map((part) => {
      const into = arriving[part.layer];
      const from = leaving[part.layer];
      // A recurrent path would be endless; a step through it is one more path into the same layer.
      const sources = part.key === "weights" ? into : arriving[part.layer + 1];
      return Float64Array.from(part.values, (w, i) => {
        const row = Math.floor(i / part.columns);
        return Math.abs(w) * (sources?.[row] ?? 0) * (from?.[i % part.columns] ?? 0);
      });
    });
  },
};

// ---------------------------------------------------------------------------------------------------------------------

/** Flow that arrives at the rows of each layer, and what leaves the last one. */
function flows(chain: readonly PrunablePart[], inputCount: number): Float64Array[] {
  const found = [new Float64Array(inputCount).fill(1)];
  for (const { values, columns } of chain) {
    const into = found.at(-1) ?? new Float64Array(0);
    const out = new Float64Array(columns);
    values.forEach((w, i) => {
      const column = i % columns;
      out[column] = (out[column] ?? 0) + Math.abs(w) * (into[Math.floor(i / columns)] ?? 0);
    });
    found.push(out);
  }
  return found;
}

/** Flow from the columns of each layer to the output. */
function flowsBack(chain: readonly PrunablePart[]): Float64Array[] {
  let next = new Float64Array(chain.at(-1)?.columns ?? 0).fill(1);
  return chain
    .toReversed()
    .map(({ values, columns }) => {
      const own = next;
      const back = new Float64Array(values.length / columns);
      values.forEach((w, i) => {
        const row = Math.floor(i / columns);
        back[row] = (back[row] ?? 0) + Math.abs(w) * (own[i % columns] ?? 0);
      });
      next = back;
      return own;
    })
    .reverse();
}
