import { weightOption, type ActivityRegularizer } from "./regularizer.ts";

/** weight · neurons · (mean spike rate of the layer − rate)². */
export const targetRate: ActivityRegularizer = {
  title: "the layer's mean spike rate shall be this one",
  options: {
    weight: { ...weightOption, byDefault: 1 },
    rate: { from: 0, to: 1, byDefault: 0.05, meaning: "wanted spikes per neuron and step" },
  },
  apply: ({ counts, neuronCount, stepCount }, { weight = 0, rate = 0 }, gradient) => {
    const chances = counts.length * stepCount;
    const distance = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, chances) - rate;
    const slope = (2 * weight * neuronCount * distance) / Math.max(1, chances);
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) + slope;
    return weight * neuronCount * distance * distance;
  },
};
