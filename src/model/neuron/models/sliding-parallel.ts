import { add, mul, reference, type Expression } from "../expression.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { coefficient, thresholdParameter } from "./parameters.ts";
import { compareWith } from "./membrane.ts";
import type { Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

/**
 * Sliding parallel neuron: a weighted sum of the last `taps` inputs, no reset: v' = Σ tap<k> · input[t − k]. The past inputs are its
 * state.
 */
export function slidingParallel(_reset: Reset, variant: Variant = {}): Neuron {
  const taps = Array.from({ length: variant.taps ?? 4 }, (_, k) => k);
  const past = taps.slice(1).map((k) => `past${k}`);
  return defineNeuron<string, string>({
    name: "slidingParallel",
    state: ["v", ...past],
    parameters: {
      ...Object.fromEntries(taps.map((k) => [`tap${k}`, coefficient(2 ** -k, `weight of the input ${k} steps ago`)])),
      threshold: thresholdParameter,
    },
    step: () => {
      const input = (k: number): Expression => reference(k === 0 ? "input" : `past${k}`);
      // The oldest first, as a convolution sums them.
      const terms = taps.map((k) => mul(reference(`tap${k}`), input(k))).reverse();
      const v = terms.reduce((sum, term) => add(sum, term));
      const shifted = Object.fromEntries(past.map((name, i) => [name, input(i)]));
      return { spike: compareWith(variant, v, reference("threshold")), next: { v, ...shifted } };
    },
  });
}
