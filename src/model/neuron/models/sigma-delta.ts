import { above, add, constant, select, sub } from "../expression.ts";
import { absolute, larger } from "../functions.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { potential, thresholdParameter } from "./parameters.ts";

/**
 * Sigma-delta unit: sums what arrives to the value that is meant, rectifies it, and sends the change since it last sent, once that
 * exceeds the threshold. Silent while nothing changes.
 */
export function sigmaDelta(): Neuron {
  return defineNeuron({
    name: "sigmaDelta",
    state: ["v", "sum", "told"],
    parameters: { threshold: thresholdParameter, bias: potential(0, "added to the sum before it is rectified") },
    step: ({ sum, told, input, threshold, bias }) => {
      const total = add(sum, input);
      const v = larger(add(total, bias), constant(0));
      const change = sub(v, told);
      const sent = select(above(absolute(change), threshold), change, constant(0));
      return { spike: sent, next: { v, sum: total, told: add(told, sent) } };
    },
  });
}
