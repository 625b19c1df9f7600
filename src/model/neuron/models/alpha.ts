import { add, constant, mul, reference, select, sub } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { coefficient, decayParameter, thresholdParameter, variantParameters } from "./parameters.ts";
import { compareWith, earlierSpike } from "./membrane.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * Alpha synapse as snnTorch has it: an exciting and an inhibiting trace of the same input, e' = excite · e + input and
 * n' = inhibit · n − input, whose sum rises and falls: v' = tau · (e' + n'). A spike resets one step later; by subtraction it takes
 * the threshold from e, undoes the step of n and adds the old n to v, to zero it clears all three.
 */
export function alpha(reset: Reset, variant: Variant = {}): Neuron {
  return defineNeuron({
    name: "alpha",
    state: ["v", "e", "n"],
    parameters: {
      excite: decayParameter(0.9, "share of the exciting trace kept per step"),
      inhibit: decayParameter(0.8, "share of the inhibiting trace kept per step"),
      tau: coefficient(1.8946, "ln(excite) / (ln(inhibit) − ln(excite)) + 1"),
      threshold: thresholdParameter,
      ...variantParameters(variant.isGraded === true ? { isGraded: true } : {}),
    },
    step: ({ v, e, n, input, excite, inhibit, tau, threshold }) => {
      const before = earlierSpike(variant, v, threshold);
      const [exciting, inhibiting] = [add(mul(excite, e), input), sub(mul(inhibit, n), input)];
      const charged = mul(tau, add(exciting, inhibiting));
      const zero = constant(0);
      const next =
        reset.kind === "none"
          ? { v: charged, e: exciting, n: inhibiting }
          : reset.kind === "subtract"
            ? {
                v: select(before, add(charged, n), charged),
                e: select(before, sub(exciting, threshold), exciting),
                n: select(before, zero, inhibiting),
              }
            : {
                v: select(before, reset.kind === "value" ? constant(reset.value) : zero, charged),
                e: select(before, zero, exciting),
                n: select(before, zero, inhibiting),
              };
      const spike = compareWith(variant, next.v, threshold);
      return { spike: variant.isGraded === true ? mul(spike, reference("amplitude")) : spike, next };
    },
  });
}
