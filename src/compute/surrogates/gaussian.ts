import { constant, exponential, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A normal distribution: slope of the error function. */
export const gaussian: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 2, meaning: "1 / (standard deviation · √2)" },
  },
  formula: "alpha / √π · e^(−alpha² · u²)",
  source: "SpikingJelly Erf; Norse erfc (scale 2 / alpha); Sinabs Gaussian (alpha = 1 / (sigma · √2))",
  derivative: (u, { alpha }) =>
    mul(constant(alpha / Math.sqrt(Math.PI)), exponential(mul(constant(-alpha * alpha), mul(u, u)))),
});
