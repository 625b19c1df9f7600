import { above, constant, div, larger, select } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** 1 just above the threshold, falling with the distance; leaks below. */
export const logTailedRamp: SurrogateDefinition = defineSurrogate({
  parameters: {
    leak: { initial: 0, range: { low: 0, high: 1e6 }, meaning: "below the threshold" },
  },
  formula: "leak where u ≤ 0, 1 where u ≤ 1, 1 / u elsewhere",
  source: "SpikingJelly LogTailedReLU (alpha is leak)",
  derivative: (u, { leak }) => {
    const tail = div(constant(1), larger(u, constant(1)));
    return select(above(u, constant(0)), tail, constant(leak));
  },
});
