import { absolute, add, constant, div, exponential, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Slope of a logistic function. */
export const sigmoid: SurrogateDefinition = defineSurrogate({
  parameters: {
    slope: { initial: 4, meaning: "steepness: slope / 4 at the threshold" },
  },
  formula: "slope · σ(slope · u) · (1 − σ(slope · u))",
  source: "snnTorch sigmoid (slope 25); SpikingJelly Sigmoid (alpha 4)",
  derivative: (u, { slope }) => {
    // Even in u, so that the exponential only shrinks.
    const e = exponential(mul(constant(-slope), absolute(u)));
    const d = add(constant(1), e);
    return div(mul(constant(slope), e), mul(d, d));
  },
});
