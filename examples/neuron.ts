// One neuron definition, read four ways: real numbers, gradient, integers, SystemVerilog. Run: node examples/neuron.ts
import {
  differentiate,
  lowerNeuron,
  neuronModels,
  neuronModule,
  neuronSpec,
  stepIntegerNeuron,
  stepNeuron,
} from "../src/index.ts";

const neuron = neuronModels.lif({ kind: "subtract" });
const { spike, state } = stepNeuron(neuron, { v: 0.5, input: 0.7, decay: 0.875, threshold: 1 });
console.log("real:", spike, state);

const { gradients } = differentiate(neuron, { detachReset: true });
console.log("gradients for:", Object.keys(gradients).join(", "));

const integer = lowerNeuron(neuronSpec("lif"), {
  unit: 1 / 16,
  input: { low: -100, high: 100 },
  formats: { potential: { bits: 10, fraction: 2 }, coefficientFraction: 8, rounding: "nearest" },
});
console.log("integer:", stepIntegerNeuron(integer, { v: 32, input: 12 }));

console.log(neuronModule("lif_neuron", integer, { layer: "example", sumBits: 8 }));
