/** What a neuron does after a spike, where somebody knows better than the dialect: a user, or a note of our own. */
export type ResetChoice = "zero" | "subtract" | "value" | "subtract-next-step" | "zero-next-step";

export const resetChoices: readonly ResetChoice[] = [
  "zero",
  "subtract",
  "value",
  "subtract-next-step",
  "zero-next-step",
];

/** Whether a text names a reset. */
export function isResetChoice(name: string): name is ResetChoice {
  return resetChoices.some((known) => known === name);
}
