import type { LossDefinition } from "./record.ts";

export interface MsePotential {
  readonly kind: "mse-potential";
  readonly correctPotential?: number | undefined;
  readonly incorrectPotential?: number | undefined;
}

/**
 * Squared distance of the potentials to a target at every step, mean over steps, samples and classes.
 * @source snntorch.functional.mse_membrane_loss, with targets that stay the same over time
 */
export const msePotential: LossDefinition<MsePotential> = {
  summary: "squared distance of potentials to targets at every step",
  accepts: ["potential"],
  needsLabels: true,
  options: {
    correctPotential: { from: -1e6, to: 1e6, byDefault: 1, meaning: "wanted potential of the right class" },
    incorrectPotential: { from: -1e6, to: 1e6, byDefault: 0, meaning: "wanted potential of every other class" },
  },
  evaluate({ correctPotential = 1, incorrectPotential = 0 }, { values, sampleCount, classCount }, labels) {
    let loss = 0;
    const gradient = values.map((value, i) => {
      const isRight = i % classCount === labels[Math.floor(i / classCount) % sampleCount];
      const difference = value - (isRight ? correctPotential : incorrectPotential);
      loss += difference * difference;
      return (2 * difference) / values.length;
    });
    return { loss: loss / values.length, gradient };
  },
};
