import { absolute, add, constant, div, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Slope of x / (1 + |x|); a large alpha is steep at the threshold. */
export const softSign: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 2, meaning: "steepness: alpha / 2 at the threshold" },
  },
  formula: "1 / (2 · alpha · (1 / alpha + |u|)²)",
  source: "SpikingJelly SoftSign",
  derivative: (u, { alpha }) => {
    const d = add(constant(1 / alpha), absolute(u));
    return div(constant(1), mul(constant(2 * alpha), mul(d, d)));
  },
});
