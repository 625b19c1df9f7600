import type { RecurrentDelay } from "../order.ts";

/**
 * How a framework turns the continuous neurons of NIR into steps. NIR does not record it, so whoever reads a file must know who
 * trained it. @source each framework's source as cited in docs/guide/nir.md
 */
export interface Dialect {
  readonly name: DialectName;
  /** The framework and the version that was read. */
  readonly title: string;
  /** 1 − dt/τ, or e^(−dt/τ). */
  readonly decay: "euler" | "exact";
  /** Fires above the threshold, or also at it. */
  readonly fires: "above" | "atLeast";
  /** After a spike: to 0, to NIR's v_reset, or less by the threshold. */
  readonly reset: "zero" | "value" | "subtract";
  /** The potential of the step before decides, so that spikes come one step late. */
  readonly firesFirst: boolean;
  /** Whether a potential of several thresholds sends several spikes in a step. */
  readonly manySpikes: boolean;
  /** Whether a step's current is added before the synaptic current decays. */
  readonly currentDecays: "before-input" | "after-input";
  /** What scales the input of LI and LIF: NIR's r · dt/τ, or dt/τ because r is not read. */
  readonly inputGain: "r" | "ignores-r" | "r-after-decay";
  /** What r of IF and I is: a charge per step, or per second. */
  readonly chargePer: "step" | "second";
  /** The potential of IF stops falling at minus its threshold. */
  readonly boundedBelow: boolean;
  /** Spikes leave one step after the neuron fired. */
  readonly sendsLate: boolean;
  /** What weights of a recurrent connection give in the first step. */
  readonly recurrentDelay: RecurrentDelay;
  /** Seconds per step that the framework assumes, to suggest; undefined where it has none. */
  readonly usualStepSeconds: number | undefined;
  /** Neurons that the framework cannot read, with the reason. */
  readonly missing: Readonly<Partial<Record<"I" | "IF" | "LI" | "LIF" | "CubaLI" | "CubaLIF", string>>>;
}

export type DialectName = "nir" | "snntorch" | "norse" | "spyx" | "sinabs" | "spikingjelly" | "rockpool" | "lava";

/** NIR's own text, discretized by Euler: what a dialect says otherwise, it overrides. */
export const plainDialect: Omit<Dialect, "name" | "title"> = {
  decay: "euler",
  fires: "above",
  reset: "value",
  firesFirst: false,
  manySpikes: false,
  currentDecays: "before-input",
  inputGain: "r",
  chargePer: "second",
  boundedBelow: false,
  sendsLate: false,
  recurrentDelay: "currents",
  usualStepSeconds: 1e-4,
  missing: {},
};
