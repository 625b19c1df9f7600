import type { IntegerNeuron } from "../../model/neuron/index.ts";
import type { IntegerRange } from "../../base/index.ts";
import type { IntegerConvolution } from "./convolution.ts";
import type { SpikeUnion } from "./pooling.ts";

/**
 * A network as hardware runs it: every width, rounding, saturation and order is explicit. Golden model, cycle model and
 * SystemVerilog read this.
 */
export interface IntegerNetwork {
  readonly kind: "integer-network";
  readonly name: string;
  readonly inputCount: number;
  readonly stepCount: number;
  /** Input spikes are united before the first layer sees them. */
  readonly inputUnion?: SpikeUnion | undefined;
  readonly layers: readonly IntegerLayer[];
  /** Decides by spike counts of the last layer; ties go to the lowest class. */
  readonly readout: { readonly kind: "count" };
}

export interface IntegerLayer {
  readonly name: string;
  /** Spikes that arrive, after the union of the layer before. */
  readonly inputCount: number;
  readonly neuronCount: number;
  /** Absent: every input reaches every neuron. */
  readonly convolution?: IntegerConvolution | undefined;
  readonly weightBits: number;
  /**
   * Shape [input, neuron]: row i is what a spike of input i adds; of a recurrent layer, rows of its own neurons follow. Of a
   * convolution, shape [kernel row, kernel column, input channel of a group, output channel].
   */
  readonly weights: Int16Array;
  /** A neuron's spikes reach all neurons of its layer in the next step. */
  readonly isRecurrent?: true | undefined;
  /** Added to a neuron's input at every step. Shape [neuron] or, of a convolution, [channel]. */
  readonly bias?: Int32Array | undefined;
  /** Real value of weight 1. */
  readonly weightScale: number;
  /** Exact bounds of any neuron's accumulated input in one step, without and with its bias; equals `neuron.input`. */
  readonly accumulator: IntegerRange;
  readonly neuron: IntegerNeuron;
  /** Its spikes are united before they are handed over. */
  readonly union?: SpikeUnion | undefined;
}
