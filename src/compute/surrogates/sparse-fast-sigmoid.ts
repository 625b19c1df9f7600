import { above, absolute, add, constant, div, mul, select } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A fast sigmoid for those who are well above the threshold, nothing for all others. */
export const sparseFastSigmoid: SurrogateDefinition = defineSurrogate({
  parameters: {
    slope: { initial: 25, meaning: "steepness at the threshold" },
    floor: { initial: 1, range: { low: -1e6, high: 1e6 }, meaning: "u above which it is not 0" },
  },
  formula: "1 / (1 + slope · |u|)² where u > floor, else 0",
  source: "snnTorch SFS (floor is its B)",
  derivative: (u, { slope, floor }) => {
    const d = add(constant(1), mul(constant(slope), absolute(u)));
    return select(above(u, constant(floor)), div(constant(1), mul(d, d)), constant(0));
  },
});
