import { absolute, add, constant, div, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Steep at the threshold, with long thin tails; cheap. */
export const fastSigmoid: SurrogateDefinition = defineSurrogate({
  parameters: {
    slope: { initial: 5, meaning: "steepness at the threshold" },
  },
  formula: "1 / (1 + slope · |u|)²",
  source: "snnTorch fast_sigmoid (slope 25); Norse super (slope 100); Spyx superspike (slope 25)",
  derivative: (u, { slope }) => {
    const d = add(constant(1), mul(constant(slope), absolute(u)));
    return div(constant(1), mul(d, d));
  },
});
