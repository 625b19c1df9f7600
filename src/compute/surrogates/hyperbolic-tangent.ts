import { absolute, add, constant, div, exponential, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Slope of a hyperbolic tangent, without its factor. */
export const hyperbolicTangent: SurrogateDefinition = defineSurrogate({
  parameters: {
    slope: { initial: 1, meaning: "steepness" },
  },
  formula: "1 − tanh²(slope · u)",
  source: "Norse tanh; Spyx tanh",
  derivative: (u, { slope }) => {
    const e = exponential(mul(constant(-2 * slope), absolute(u)));
    const d = add(constant(1), e);
    return div(mul(constant(4), e), mul(d, d));
  },
});
