import { UserError } from "../../../base/index.ts";
import type { NeuronModelName, Reset, Variant } from "../models/index.ts";
import type { NeuronSpec } from "../spec.ts";

/** One neuron as NIR describes it: continuous time, seconds. What NIR leaves out is 1 for gains, 0 for potentials, 1 for thresholds. */
export interface NirNeuron {
  readonly kind: "LIF" | "CubaLIF" | "IF" | "LI" | "CubaLI" | "I";
  /** Seconds per time step. */
  readonly dt: number;
  /** Membrane time constant. */
  readonly tau?: number;
  /** Synaptic time constant. */
  readonly tauSyn?: number;
  readonly r?: number;
  readonly wIn?: number;
  readonly vLeak?: number;
  readonly vThreshold?: number;
  readonly vReset?: number;
  /** NIR cannot say how a neuron resets; whoever knows says it here. */
  readonly reset?: "subtract" | "zero" | "value";
}

/** How a framework runs a NIR neuron. */
export interface Dialect {
  /** For people: comparison, reset, decay. */
  readonly summary: string;
  /** How the framework's own neurons order and compare within a step, for networks that are not read but made. */
  readonly own: (reset: Reset, model: NeuronModelName) => Variant;
  /** @throws `dialect/unsupported` (exit "unsupported") for what the framework does not have or refuses */
  readonly neuron: (neuron: NirNeuron) => DialectNeuron;
}

export interface DialectNeuron {
  readonly neuron: NeuronSpec;
  /** Where the framework does otherwise than NIR's text, one sentence each. */
  readonly notes: readonly string[];
}

/** A NIR neuron with every value filled in, and its steps in units of the time constants. */
export interface FilledNeuron extends Required<Omit<NirNeuron, "reset" | "tau" | "tauSyn">> {
  readonly reset: NirNeuron["reset"];
  /** dt / τ of membrane and synapse. */
  readonly rate: number;
  readonly synRate: number;
}

/** @throws `dialect/no-time-constant` when a leaky neuron has none */
export function fill(neuron: NirNeuron): FilledNeuron {
  const { kind, dt, r = 1, wIn = 1, vLeak = 0, vThreshold = 1, vReset = 0, reset } = neuron;
  const isLeaky = kind !== "IF" && kind !== "I";
  const isCuba = kind === "CubaLIF" || kind === "CubaLI";
  return {
    ...{ kind, dt, r, wIn, vLeak, vThreshold, vReset, reset },
    rate: isLeaky ? rateOf(neuron.tau, neuron, "tau") : 0,
    synRate: isCuba ? rateOf(neuron.tauSyn, neuron, "tauSyn") : 1,
  };
}

/** The share that a leak keeps in a step of `rate` time constants. */
export function decayFromTau(rate: number, how: "exact" | "euler"): number {
  return how === "exact" ? Math.exp(-rate) : 1 - rate;
}

/** The reset that a framework applies, unless the caller knows better. */
export function resetOf({ reset, vReset }: FilledNeuron, usual: "subtract" | "zero" | "value"): Reset {
  const kind = reset ?? usual;
  if (kind !== "value") return { kind };
  return vReset === 0 ? { kind: "zero" } : { kind: "value", value: vReset };
}

export function unsupported(framework: string, what: string, hint?: string): UserError {
  return new UserError("dialect/unsupported", `${framework}: ${what}`, {
    exit: "unsupported",
    ...(hint === undefined ? {} : { hint }),
  });
}

/** `notes` whose condition holds. */
export function notesWhere(notes: readonly (readonly [boolean, string])[]): readonly string[] {
  return notes.filter(([holds]) => holds).map(([, note]) => note);
}

/** Whether two numbers of a file mean the same, single precision and a division apart. */
export function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b));
}

// ---------------------------------------------------------------------------------------------------------------------

function rateOf(tau: number | undefined, { kind, dt }: NirNeuron, name: string): number {
  if (tau !== undefined && tau > 0 && dt > 0) return dt / tau;
  throw new UserError(
    "dialect/no-time-constant",
    `${kind}: expected ${name} > 0 and a step > 0 in seconds, got ${tau} and ${dt}`,
  );
}
