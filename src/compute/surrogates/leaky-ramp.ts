import { atLeast, constant, select } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** One value below the threshold, one above. */
export const leakyRamp: SurrogateDefinition = defineSurrogate({
  parameters: {
    leak: { initial: 0, range: { low: -1e6, high: 1e6 }, meaning: "below" },
    slope: { initial: 1, range: { low: -1e6, high: 1e6 }, meaning: "above" },
  },
  formula: "leak where u < 0, slope elsewhere",
  source: "SpikingJelly LeakyKReLU (leak, k)",
  derivative: (u, { leak, slope }) => select(atLeast(u, constant(0)), constant(slope), constant(leak)),
});
