import { atLeast, constant, select } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** What snnTorch calls triangular: not a triangle, and its sign turns at the threshold. For comparison only. */
export const signFlip: SurrogateDefinition = defineSurrogate({
  parameters: {
    threshold: { initial: 1, meaning: "its size" },
  },
  formula: "threshold where u < 0, −threshold elsewhere",
  source: "snnTorch triangular, as it is coded",
  derivative: (u, { threshold }) => select(atLeast(u, constant(0)), constant(-threshold), constant(threshold)),
});
