import { UserError } from "../../base/index.ts";
import { firingNeurons, type SpikeTrain } from "../tensor/index.ts";

/** When to stop before the last step. */
export type EarlyExit =
  /** As soon as any output neuron fires: time to first spike. */
  | { readonly kind: "firstSpike" }
  /** As soon as no later spike can change the decision by counts. */
  | { readonly kind: "certain" }
  /** As soon as the leading class is so many spikes ahead of the next. */
  | { readonly kind: "margin"; readonly spikes: number };

export interface EarlyDecisions {
  /** Shape [sample]. */
  readonly decisions: Uint16Array;
  /** Steps that ran before the decision, 1…T. Shape [sample]. */
  readonly stepCounts: Uint16Array;
}

/**
 * A rule as a command line writes it: `first-spike`, `certain`, `margin:3`.
 * @throws `encoding/early-exit`
 */
export function parseEarlyExit(text: string): EarlyExit {
  if (text === "first-spike") return { kind: "firstSpike" };
  if (text === "certain") return { kind: "certain" };
  const spikes = Number(/^margin:(\d+)$/.exec(text)?.[1]);
  if (Number.isInteger(spikes) && spikes >= 1) return { kind: "margin", spikes };
  throw new UserError(
    "encoding/early-exit",
    `early exit "${text}": expected first-spike, certain, or margin:<spikes ≥ 1>`,
    {
      exit: "usage",
    },
  );
}

/**
 * Decide each sample by the counts of its output spikes so far, at the step where the rule allows it.
 * @param output  Spikes of the last layer. Shape [step, sample, neuron].
 */
export function decideEarly(rule: EarlyExit, output: SpikeTrain, neuronsPerClass = 1): EarlyDecisions {
  const decisions = new Uint16Array(output.sampleCount);
  const stepCounts = new Uint16Array(output.sampleCount);
  for (let sample = 0; sample < output.sampleCount; sample++) {
    const counts = new Uint32Array(output.neuronCount / neuronsPerClass);
    let step = 0;
    let lead = leadOf(counts);
    do {
      for (const neuron of firingNeurons(output, step, sample)) {
        const voted = Math.floor(neuron / neuronsPerClass);
        counts[voted] = (counts[voted] ?? 0) + 1;
      }
      step++;
      lead = leadOf(counts);
    } while (step < output.stepCount && !allows(rule, lead, (output.stepCount - step) * neuronsPerClass));
    decisions[sample] = lead.leader;
    stepCounts[sample] = step;
  }
  return { decisions, stepCounts };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Lead {
  /** The class with the most spikes, the lowest on a tie. */
  readonly leader: number;
  readonly most: number;
  /** Spikes ahead of the best of the lower classes, which win ties, and of the higher ones. */
  readonly overLower: number;
  readonly overHigher: number;
}

function leadOf(counts: Uint32Array): Lead {
  const leader = counts.reduce((best, count, c) => (count > (counts[best] ?? 0) ? c : best), 0);
  const most = counts[leader] ?? 0;
  const over = (others: Uint32Array): number =>
    others.length === 0 ? Number.POSITIVE_INFINITY : most - others.reduce((a, b) => Math.max(a, b), 0);
  return { leader, most, overLower: over(counts.subarray(0, leader)), overHigher: over(counts.subarray(leader + 1)) };
}

/** @param left  Spikes that a class can still gain. */
function allows(rule: EarlyExit, { most, overLower, overHigher }: Lead, left: number): boolean {
  switch (rule.kind) {
    case "firstSpike":
      return most > 0;
    case "certain":
      return overLower > left && overHigher >= left;
    case "margin":
      return Math.min(overLower, overHigher) >= rule.spikes;
    default:
      return rule satisfies never;
  }
}
