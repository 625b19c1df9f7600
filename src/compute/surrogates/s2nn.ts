import { add, atLeast, constant, div, exponential, larger, mul, select, absolute } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A sigmoid below the threshold, a hyperbola above. */
export const s2nn: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 4, meaning: "steepness below" },
    beta: { initial: 1, meaning: "height above" },
  },
  formula: "alpha · σ(alpha · u) · (1 − σ(alpha · u)) where u < 0, beta / (u + 1) elsewhere",
  source: "SpikingJelly S2NN",
  derivative: (u, { alpha, beta }) => {
    const e = exponential(mul(constant(-alpha), absolute(u)));
    const d = add(constant(1), e);
    const below = div(mul(constant(alpha), e), mul(d, d));
    const above = div(constant(beta), add(larger(u, constant(0)), constant(1)));
    return select(atLeast(u, constant(0)), above, below);
  },
});
