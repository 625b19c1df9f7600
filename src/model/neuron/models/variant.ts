/**
 * How a framework orders and compares within a step, as plain data; what is absent is canonical: fires strictly above the
 * threshold, once, and resets in the same step. Facts: shared frameworks table, A.1.
 */
export interface Variant {
  /** Fires above the threshold, or already at it. */
  readonly fires?: "above" | "atLeast";
  /**
   * When a spike resets. `nextStep`: while the next potential is computed. `undelayed`: that, and again in its own step by the
   * difference of both, as snnTorch's `reset_delay=False` does. `spikeFirst`: the old potential fires, and the new one is reset.
   */
  readonly timing?: "sameStep" | "nextStep" | "undelayed" | "spikeFirst";
  /** What a reset of the next step acts on: the `kept` potential before it leaks, or the `charged` one with its new input. */
  readonly resetOf?: "kept" | "charged";
  /** As many spikes as thresholds fit, at most `mostSpikes`. */
  readonly spikes?: "one" | "many";
  readonly mostSpikes?: number;
  /** The potential never falls below the parameter `lowest`. */
  readonly isBounded?: boolean;
  /** Spikes carry the parameter `amplitude` instead of 1. */
  readonly isGraded?: boolean;
  /** The input is multiplied by the parameter `gain`, and the parameter `drift` is added in every step. */
  readonly isScaled?: boolean;
  /** The potential is rounded to the nearest of these, before it fires. Ascending. */
  readonly levels?: readonly number[];
  /** A neuron's own last spike adds the parameter `ownWeight` to its input. */
  readonly isSelfConnected?: boolean;
  /** For models whose leak and input share a time constant: the input is scaled by it too, or enters whole. */
  readonly input?: "scaled" | "whole";
  /** For current-based models: the input joins the current before or after it decays. */
  readonly current?: "decaysFirst" | "decaysTogether";
  /** For models with a gain: potential and threshold are divided by it after firing. */
  readonly isRescaled?: boolean;
  /** Start at half a threshold, as converted networks do. */
  readonly startsHalfway?: boolean;
  /** Taps of a sliding parallel neuron. */
  readonly taps?: number;
}
