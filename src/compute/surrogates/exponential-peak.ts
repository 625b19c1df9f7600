import { absolute, constant, exponential, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A two-sided exponential of area 1. */
export const exponentialPeak: SurrogateDefinition = defineSurrogate({
  parameters: {
    tau: { initial: 1, meaning: "u over which it falls to 1 / e" },
  },
  formula: "e^(−|u| / tau) / (2 · tau)",
  source:
    "SpikingJelly PiecewiseExp (tau 1 / alpha); lava-dl SLAYER (scale its own); Sinabs SingleExponential (tau = threshold · grad_width, scale 2 · grad_scale)",
  derivative: (u, { tau }) => mul(constant(1 / (2 * tau)), exponential(mul(constant(-1 / tau), absolute(u)))),
});
