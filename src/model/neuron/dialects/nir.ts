import { fill, resetOf, type Dialect } from "./dialect.ts";
import { linearNeuron } from "./linear.ts";

/** NIR's own text by one Euler step per time step. */
export const nir: Dialect = {
  summary: "Euler steps of NIR's equations; fires strictly above the threshold; resets to v_reset in the same step",
  own: () => ({}),
  neuron: (neuron) => {
    const filled = fill(neuron);
    return { neuron: linearNeuron(filled, { decay: "euler", reset: resetOf(filled, "value") }), notes: [] };
  },
};
