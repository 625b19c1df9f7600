import type { Surrogate } from "./backend.ts";

/** g(u): the derivative that stands in for the step function at u = charged potential − threshold. */
export function surrogateDerivative(surrogate: Surrogate, u: number): number {
  switch (surrogate.kind) {
    case "fastSigmoid":
      return 1 / (1 + surrogate.slope * Math.abs(u)) ** 2;
    case "arctan":
      return surrogate.alpha / 2 / (1 + ((Math.PI * surrogate.alpha) / 2) ** 2 * u * u);
    default:
      return surrogate satisfies never;
  }
}
