import { absolute, add, constant, exponential, logarithm, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A power law in the distance. */
export const qPseudoSpike: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 2, range: { low: 1.000001, high: 1e6 }, meaning: "the power: how short its tails are" },
  },
  formula: "(1 + 2 · |u| / (alpha − 1))^(−alpha)",
  source: "SpikingJelly QPseudoSpike",
  derivative: (u, { alpha }) => {
    const base = add(constant(1), mul(constant(2 / (alpha - 1)), absolute(u)));
    return exponential(mul(constant(-alpha), logarithm(base)));
  },
});
