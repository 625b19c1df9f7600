import { absolute, add, constant, div, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A fast sigmoid of slope 1, scaled. */
export const superSpike: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 1, meaning: "its height" },
  },
  formula: "alpha / (1 + |u|)²",
  source: "SpikingJelly SuperSpike",
  derivative: (u, { alpha }) => {
    const d = add(constant(1), absolute(u));
    return div(constant(alpha), mul(d, d));
  },
});
