import { add, constant, cosine, mul, type Expression } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** The first terms of a square wave. */
export const fourier: SurrogateDefinition = defineSurrogate({
  parameters: {
    terms: { initial: 2, range: { low: 0, high: 32 }, meaning: "how many" },
    period: { initial: 8, meaning: "of the wave" },
  },
  formula: "(4 / period) · Σ cos(2π · (2i − 1) · u / period), i = 1 … terms",
  source: "SpikingJelly SquarewaveFourierSeries (its n adds n − 1 terms, as measured; T_period)",
  derivative: (u, { terms, period }) => {
    let sum: Expression = constant(0);
    for (let i = 1; i <= terms; i++) {
      sum = add(sum, cosine(mul(constant((2 * Math.PI * (2 * i - 1)) / period), u)));
    }
    return mul(constant(4 / period), sum);
  },
});
