// The lottery: train, prune, go back to early weights, train what is left; round after round, each removing the same share of
// what was left.

import { assertDefined, UserError } from "../../base/index.ts";
import type { LayerArrays } from "../../compute/index.ts";
import { layerArrays, withArrays, type Network } from "../../model/network/index.ts";
import { gradualMagnitude, prunableParts, pruneParts, pruningMethods, type Masks } from "../pruning/index.ts";
import type { TrainingResult, TrainingTask } from "./task.ts";
import { train } from "./train.ts";

/** How often to prune, and where to go back to. */
export interface Rewinding {
  /** Times that the network is pruned and trained again. */
  readonly rounds: number;
  /** Go back to the weights after so many epochs of the first training; 0 is the initial network. */
  readonly epoch: number;
}

/**
 * Train `network` to `training.sparsity` with rewinding. All randomness of a round is that of the first, so a lone round can be
 * repeated.
 *
 * @param onRound  Called after each training, the dense one first (round 0).
 * @throws `pruning/rewind-method` for methods that need gradients, `pruning/rewind-range`
 * @source J. Frankle, M. Carbin, The Lottery Ticket Hypothesis, ICLR 2019, arXiv:1803.03635; going back to an early epoch instead
 *         of the start: J. Frankle et al., Linear Mode Connectivity, ICML 2020, arXiv:1912.05671
 */
export async function trainWithRewinding(
  options: TrainingTask & {
    readonly rewinding: Rewinding;
    readonly onRound?: (round: number, result: TrainingResult) => void;
  },
): Promise<TrainingResult> {
  const { network, training, rewinding, onRound } = options;
  const { sparsity = 0, pruning = gradualMagnitude } = training;
  checkRewinding(rewinding, training.epochs);
  const { needsGradients, gather } = pruningMethods[pruning.method];
  if (needsGradients || gather !== undefined) {
    const message = `rewinding ranks trained weights; "${pruning.method}" needs gradients`;
    throw new UserError("pruning/rewind-method", message, { hint: 'use "magnitude" or "synflow"' });
  }
  const plain = { ...training, sparsity: 0 };
  let early: readonly LayerArrays[] = network.layers.map(layerArrays);
  let result = await train({
    ...options,
    training: plain,
    onEpoch: async (state) => {
      if (state.epoch === rewinding.epoch) early = state.masters;
    },
  });
  onRound?.(0, result);
  for (let round = 1; round <= rewinding.rounds; round++) {
    const share = 1 - (1 - sparsity) ** (round / rewinding.rounds);
    const context = { network, gradients: [], gathered: {}, seed: training.seed };
    const masks = pruneParts(prunableParts(network, result.network.layers.map(layerArrays)), pruning, share, context);
    result = await train({
      ...options,
      network: masked(network, early, masks),
      training: { ...plain, keepZeros: true },
    });
    onRound?.(round, result);
  }
  return result;
}

// ---------------------------------------------------------------------------------------------------------------------

function checkRewinding({ rounds, epoch }: Rewinding, epochs: number): void {
  const isWhole = Number.isInteger(rounds) && Number.isInteger(epoch);
  if (isWhole && rounds >= 1 && epoch >= 0 && epoch < epochs) return;
  throw new UserError(
    "pruning/rewind-range",
    `rewinding: expected at least 1 round and an epoch 0…${epochs - 1}, got ${rounds} and ${epoch}`,
  );
}

/** Early weights without what masks remove. */
function masked(network: Network, early: readonly LayerArrays[], masks: Masks): Network {
  const parts = prunableParts(network, early);
  const arrays = early.map((layer, l) => {
    const cut = (key: "weights" | "recurrentWeights"): Float32Array | undefined => {
      const part = parts.find((one) => one.layer === l && one.key === key);
      return part === undefined ? undefined : part.values.map((w, i) => w * (masks[part.name]?.[i] ?? 1));
    };
    const recurrentWeights = cut("recurrentWeights");
    return {
      ...layer,
      weights: assertDefined(cut("weights"), "weights"),
      ...(recurrentWeights === undefined ? {} : { recurrentWeights }),
    };
  });
  return withArrays(network, arrays);
}
