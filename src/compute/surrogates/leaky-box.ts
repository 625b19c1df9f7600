import { above, absolute, constant, select } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A box that leaks outside. */
export const leakyBox: SurrogateDefinition = defineSurrogate({
  parameters: {
    width: { initial: 1, meaning: "half of the box" },
    leak: { initial: 0.01, range: { low: 0, high: 1e6 }, meaning: "its value outside" },
  },
  formula: "1 / (2 · width) where |u| < width, else leak",
  source: "SpikingJelly PiecewiseLeakyReLU (w, c)",
  derivative: (u, { width, leak }) =>
    select(above(constant(width), absolute(u)), constant(1 / (2 * width)), constant(leak)),
});
