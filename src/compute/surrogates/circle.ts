import { add, constant, exponential, logarithm, mul } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** Slope of x / √(x² + alpha²), scaled to 1 at the threshold. */
export const circle: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 1, meaning: "its width" },
  },
  formula: "(1 + (u / alpha)²)^(−3/2)",
  source: "Norse circ",
  derivative: (u, { alpha }) => {
    const x = mul(constant(1 / alpha), u);
    return exponential(mul(constant(-1.5), logarithm(add(constant(1), mul(x, x)))));
  },
});
