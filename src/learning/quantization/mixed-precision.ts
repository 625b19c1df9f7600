import { assertDefined, UserError } from "../../base/index.ts";
import type { Network } from "../../model/network/index.ts";
import { allWeights, quantizeNetwork, type Calibration } from "./post-training.ts";
import type { QuantizationScheme } from "./scheme.ts";

/** What quantizing one layer alone does to the outputs. */
export interface Sensitivity {
  readonly layer: string;
  readonly weightCount: number;
  /** One entry per number of bits, the most first. */
  readonly choices: readonly {
    readonly bits: number;
    /** Mean absolute change of an output of a calibration sample: spikes, or potential. */
    readonly change: number;
    readonly accuracy: number;
  }[];
}

/** Quantize every layer alone to every number of bits, after training, and compare outputs on the calibration samples. */
export async function measureSensitivity(
  network: Network,
  scheme: Omit<QuantizationScheme, "bits">,
  bits: readonly number[],
  calibration: Calibration,
): Promise<readonly Sensitivity[]> {
  const wanted = (await calibration(network)).outputs;
  const found: Sensitivity[] = [];
  for (const [l, layer] of network.layers.entries()) {
    const choices: Sensitivity["choices"][number][] = [];
    for (const own of bits.toSorted((a, b) => b - a)) {
      const quantized = quantizeNetwork(network, (k) => (k === l ? { ...scheme, bits: own } : undefined));
      const { outputs, accuracy } = await calibration(quantized);
      const change =
        outputs.reduce((sum, x, i) => sum + Math.abs(x - (wanted[i] ?? 0)), 0) / Math.max(1, outputs.length);
      choices.push({ bits: own, change, accuracy });
    }
    found.push({ layer: layer.name, weightCount: allWeights(layer).length, choices });
  }
  return found;
}

/**
 * Bits of each layer within a budget: from the most bits everywhere, always the step down that changes the outputs least for every
 * bit it saves.
 * @param budgetBits  Of all weights together.
 * @throws `quantization/budget` when not even the fewest bits everywhere fit
 */
export function assignBits(sensitivities: readonly Sensitivity[], budgetBits: number): readonly number[] {
  const places = sensitivities.map(() => 0);
  const choiceOf = (l: number, place: number): Sensitivity["choices"][number] | undefined =>
    sensitivities[l]?.choices[place];
  const bitsOf = (l: number): number => assertDefined(choiceOf(l, places[l] ?? 0), "choice").bits;
  const total = (): number => sensitivities.reduce((sum, { weightCount }, l) => sum + weightCount * bitsOf(l), 0);
  while (total() > budgetBits) {
    const steps = sensitivities.flatMap(({ weightCount }, l) => {
      const [now, next] = [choiceOf(l, places[l] ?? 0), choiceOf(l, (places[l] ?? 0) + 1)];
      if (now === undefined || next === undefined) return [];
      return [{ l, cost: (next.change - now.change) / (weightCount * (now.bits - next.bits)) }];
    });
    const [first] = steps;
    if (first === undefined) {
      const message = `${Math.floor(budgetBits)} bits for all weights: the fewest that were measured need ${total()}`;
      throw new UserError("quantization/budget", message, { exit: "not-met" });
    }
    const { l } = steps.reduce((a, b) => (b.cost < a.cost ? b : a), first);
    places[l] = (places[l] ?? 0) + 1;
  }
  return sensitivities.map((_, l) => bitsOf(l));
}
