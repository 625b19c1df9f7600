import { absolute, constant, larger, mul, sub } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A triangle of area 1 around the threshold; 0 beyond its width, so that most neurons need no gradient at all. */
export const triangle: SurrogateDefinition = defineSurrogate({
  parameters: {
    width: { initial: 1, meaning: "half of its base" },
  },
  formula: "max(0, 1 − |u| / width) / width",
  source:
    "SpikingJelly PiecewiseQuadratic (width 1 / alpha); Norse tent (width 1, scale alpha); Spyx triangular(k) is width = scale = 1 / k",
  derivative: (u, { width }) => {
    const height = constant(1 / width);
    return larger(constant(0), sub(height, mul(mul(height, height), absolute(u))));
  },
  support: ({ width }) => width,
});
