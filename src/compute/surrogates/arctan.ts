import { add, constant, div, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Slope of an arctangent. */
export const arctan: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 2, meaning: "steepness: alpha / 2 at the threshold" },
  },
  formula: "(alpha / 2) / (1 + (π · alpha / 2 · u)²)",
  source: "snnTorch atan; SpikingJelly ATan; Spyx arctan(k) is alpha = 2k, scale = 1 / (π · k)",
  derivative: (u, { alpha }) => {
    const x = mul(constant((Math.PI * alpha) / 2), u);
    return div(constant(alpha / 2), add(constant(1), mul(x, x)));
  },
});
