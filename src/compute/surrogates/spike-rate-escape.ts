import { absolute, constant, exponential, mul, sub } from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** An exponential peak, by default one unit above the threshold, as its source has it; center 0 puts it where it says. */
export const spikeRateEscape: SurrogateDefinition = defineSurrogate({
  parameters: {
    slope: { initial: 25, meaning: "its height" },
    beta: { initial: 1, meaning: "how fast it falls" },
    center: { initial: 1, range: { low: -1e6, high: 1e6 }, meaning: "u of its peak" },
  },
  formula: "slope · e^(−beta · |u − center|)",
  source: "snnTorch spike_rate_escape",
  derivative: (u, { slope, beta, center }) =>
    mul(constant(slope), exponential(mul(constant(-beta), absolute(sub(u, constant(center)))))),
});
