import { add, constant, exponential, mul, sub, type Expression } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A normal distribution with two wide negative ones beside it. */
export const multiGaussian: SurrogateDefinition = defineSurrogate({
  parameters: {
    sigma: { initial: 0.5, meaning: "standard deviation of the peak" },
    depth: { initial: 0.15, range: { low: 0, high: 1e6 }, meaning: "weight of the negative parts (h)" },
    spread: { initial: 6, meaning: "how much wider they are (s)" },
  },
  formula: "(1 + h) · N(u; 0, σ) − h · N(u; σ, s · σ) − h · N(u; −σ, s · σ)",
  source: "Yin, Corradi, Bohté 2021, doi:10.1038/s42256-021-00397-w; Sinabs MultiGaussian",
  derivative: (u, { sigma, depth, spread }) => {
    const normal = (center: number, deviation: number, weight: number): Expression => {
      const x = sub(u, constant(center));
      const bell = exponential(mul(constant(-1 / (2 * deviation * deviation)), mul(x, x)));
      return mul(constant(weight / (deviation * Math.sqrt(2 * Math.PI))), bell);
    };
    const sides = add(normal(sigma, spread * sigma, depth), normal(-sigma, spread * sigma, depth));
    return sub(normal(0, sigma, 1 + depth), sides);
  },
});
