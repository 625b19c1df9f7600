import { absolute, constant, div, larger, smaller } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** What a difference over the distance would measure, up to a limit. */
export const numerical: SurrogateDefinition = defineSurrogate({
  parameters: {
    alpha: { initial: 0.3, meaning: "the limit" },
  },
  formula: "min(1 / |u|, alpha)",
  source: "SpikingJelly FakeNumericalGradient",
  derivative: (u, { alpha }) => smaller(div(constant(1), larger(absolute(u), constant(1e-30))), constant(alpha)),
});
