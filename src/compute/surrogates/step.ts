import { above, add, constant } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Only from a distance below the threshold on, and then in full. */
export const step: SurrogateDefinition = defineSurrogate({
  parameters: {
    window: { initial: 0, range: { low: 0, high: 1e6 }, meaning: "how far below the threshold it begins" },
  },
  formula: "1 where u > −window, else 0",
  source: "snnTorch heaviside (window 0); Sinabs Heaviside and Rockpool StepPWL (window 1, 0.5; scale 1 / threshold)",
  derivative: (u, { window }) => above(add(u, constant(window)), constant(0)),
});
