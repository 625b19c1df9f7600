import { above, absolute, constant, select } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** A box of area 1 around the threshold; 0 beyond it. */
export const boxcar: SurrogateDefinition = defineSurrogate({
  parameters: {
    width: { initial: 1, meaning: "its whole width" },
  },
  formula: "1 / width where |u| < width / 2, else 0",
  source: "SpikingJelly Rect (width 1 / alpha); Spyx boxcar (width 2)",
  derivative: (u, { width }) => select(above(constant(width / 2), absolute(u)), constant(1 / width), constant(0)),
  support: ({ width }) => width / 2,
});
