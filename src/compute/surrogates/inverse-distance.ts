import { absolute, add, constant, div } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Falls with the distance, slowly. */
export const inverseDistance: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 1, meaning: "its height" },
  },
  formula: "1 / (1 / alpha + |u|)",
  source: "SpikingJelly NonzeroSignLogAbs",
  derivative: (u, { alpha }) => div(constant(1), add(constant(1 / alpha), absolute(u))),
});
