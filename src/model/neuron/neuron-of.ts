import { roundedNeuron } from "./rounded.ts";
import { definitionOf, type NeuronSpec } from "./spec.ts";
import type { Neuron } from "./neuron.ts";

const rounded = new WeakMap<NeuronSpec, Neuron>();

/** The neuron that a spec names: its definition, or that as its integers compute it. */
export function neuronOf(spec: NeuronSpec): Neuron {
  if (spec.numerics === undefined) return definitionOf(spec);
  const known = rounded.get(spec) ?? roundedNeuron(spec, spec.numerics);
  rounded.set(spec, known);
  return known;
}
