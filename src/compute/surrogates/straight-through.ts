import { constant } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** The gradient as it comes. */
export const straightThrough: SurrogateDefinition = defineSurrogate({
  parameters: {},
  formula: "1",
  source: "snnTorch straight_through_estimator; SpikingJelly DeterministicPass",
  derivative: () => constant(1),
});
