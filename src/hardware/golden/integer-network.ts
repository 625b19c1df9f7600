import type { IntegerNeuron } from "../../model/neuron/index.ts";
import type { IntegerRange } from "../../base/index.ts";

/**
 * A network as hardware runs it: every width, rounding, saturation and order is explicit. Golden model, cycle model and
 * SystemVerilog read this.
 */
export interface IntegerNetwork {
  readonly kind: "integer-network";
  readonly name: string;
  readonly inputCount: number;
  readonly stepCount: number;
  readonly layers: readonly IntegerLayer[];
  /** Decides by spike counts of the last layer; ties go to the lowest class. */
  readonly readout: { readonly kind: "count" };
}

export interface IntegerLayer {
  readonly name: string;
  readonly inputCount: number;
  readonly neuronCount: number;
  readonly weightBits: number;
  /** Shape [input, neuron]: row i is what a spike of input i adds. */
  readonly weights: Int16Array;
  /** Real value of weight 1. */
  readonly weightScale: number;
  /** Exact bounds of any neuron's accumulated input in one step; equals `neuron.input`. */
  readonly accumulator: IntegerRange;
  readonly neuron: IntegerNeuron;
}
