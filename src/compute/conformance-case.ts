import type { Layer, Readout } from "../model/network/index.ts";
import type { GatherMethod, Surrogate } from "./backend.ts";
import type { Optimizer } from "./optimizer.ts";

/** What a case chooses beside its layers. */
export interface Choices {
  readonly stepCount?: number;
  readonly samples?: number;
  readonly bias?: boolean;
  readonly direct?: boolean;
  readonly readout?: Readout;
  readonly density?: number;
  readonly surrogate?: Surrogate;
  readonly detachReset?: boolean;
  readonly optimizer?: Optimizer;
  readonly perStep?: boolean;
  readonly perNeuron?: boolean;
  readonly bytes?: boolean;
  /** Weights are multiples of 1/64, so that sums are exact in any order. */
  readonly grid?: boolean;
  readonly method?: GatherMethod;
  /** Mask a third of the weights and quantize the rest. */
  readonly transforms?: boolean;
  readonly stepsPerPart?: number;
  readonly learningRate?: number;
}

/** A case with its layers, weights still zero. */
export interface NetworkCase extends Choices {
  readonly title: string;
  readonly inputCount: number;
  readonly layers: readonly Layer[];
}
