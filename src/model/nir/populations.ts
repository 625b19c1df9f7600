// From NIR's continuous neurons to steps of our own: a neuron spec and what differs from neuron to neuron, as a dialect says.

import { assertDefined, UserError } from "../../base/index.ts";
import {
  dialects,
  joinSpecs,
  neuronOf,
  type DialectName,
  type JoinedSpecs,
  type NeuronSpec,
  type NirNeuron,
} from "../neuron/index.ts";
import { dialectTraits } from "./dialect-traits.ts";
import { fieldNumbers, shownName, type NirPrimitive } from "./graph.ts";
import { cellsOf } from "./shapes.ts";

/** Neurons of one node, ready to step. */
export interface Population extends JoinedSpecs {
  readonly count: number;
  /** Spikes, or the potential of neurons that never fire. */
  readonly sends: "spikes" | "potential";
  readonly sendsLate: boolean;
  /** The potential of the step before decides, so that spikes are known before input arrives. */
  readonly firesFirst: boolean;
  /** Where the framework does otherwise than NIR's text. */
  readonly notes: readonly string[];
}

/** What a neuron does after a spike, where the caller knows better than the dialect. */
export type ResetChoice = "zero" | "subtract" | "value" | "subtract-next-step" | "zero-next-step";

export const resetChoices: readonly ResetChoice[] = [
  "zero",
  "subtract",
  "value",
  "subtract-next-step",
  "zero-next-step",
];

export interface Discretization {
  readonly dialect: DialectName;
  readonly reset?: ResetChoice;
  /** Seconds per step. */
  readonly stepSeconds: number;
}

export type NeuronType = NirNeuron["kind"];

/** Whether a node is a population of neurons (a Delay is none). */
export function isNeuronType(type: string): type is NeuronType {
  return ["I", "IF", "LI", "LIF", "CubaLI", "CubaLIF"].includes(type);
}

/**
 * @param shape  Of the node, for parameters that are single numbers.
 * @throws `dialect/unsupported`, `dialect/differing-neurons` (exit "unsupported"), `nir/step-too-long`
 */
export function populationOf(
  node: NirPrimitive & { readonly type: NeuronType },
  path: string,
  shape: readonly number[],
  discretization: Discretization,
): Population {
  const count = cellsOf(shape);
  const place = `node ${shownName(path)} (${node.type})`;
  const { dialect, reset } = discretization;
  const notes = new Set<string>();
  const known = new Map<string, NeuronSpec>();
  const specs = Array.from({ length: count }, (_, n) => {
    const neuron = neuronAt(node, n, discretization);
    const key = JSON.stringify(neuron);
    const spec = known.get(key) ?? specOf(neuron, place, discretization, notes);
    known.set(key, spec);
    return spec;
  });
  const joined = placed(place, () => joinSpecs(specs));
  const timed = reset?.endsWith("-next-step") === true ? resetNextStep(joined.neuron, node.type) : joined.neuron;
  const isSilent = neuronOf(timed).spike.op === "constant";
  return {
    ...joined,
    neuron: timed,
    count,
    sends: isSilent ? "potential" : "spikes",
    sendsLate: dialectTraits[dialect].sendsLate && !isSilent,
    firesFirst: timed.variant?.timing === "spikeFirst",
    notes: [...notes],
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const fieldNames = {
  tau: "tau",
  tau_mem: "tau",
  tau_syn: "tauSyn",
  r: "r",
  w_in: "wIn",
  v_leak: "vLeak",
  v_threshold: "vThreshold",
  v_reset: "vReset",
} as const;

function neuronAt(
  node: NirPrimitive & { readonly type: NeuronType },
  n: number,
  { reset, stepSeconds }: Discretization,
): NirNeuron {
  const values = Object.entries(fieldNames).flatMap(([field, name]) => {
    const given = fieldNumbers(node, field)?.values;
    return given === undefined ? [] : [[name, assertDefined(given[given.length === 1 ? 0 : n], field)] as const];
  });
  const kind = reset?.replace("-next-step", "") as NirNeuron["reset"];
  return {
    kind: node.type,
    dt: stepSeconds,
    ...Object.fromEntries(values),
    ...(kind === undefined ? {} : { reset: kind }),
  };
}

function specOf(
  neuron: NirNeuron,
  place: string,
  { dialect, stepSeconds }: Discretization,
  notes: Set<string>,
): NeuronSpec {
  const isEuler = dialect !== "sinabs" && dialect !== "rockpool";
  for (const tau of [neuron.tau, neuron.tauSyn]) {
    if (tau === undefined || !isEuler || stepSeconds / tau <= 1 + 1e-6) continue;
    const message = `${place}: a time constant of ${tau} s is shorter than a step of ${stepSeconds} s; an Euler step would overshoot`;
    throw new UserError("nir/step-too-long", message, { hint: `use --dt ${tau} or less` });
  }
  const found = placed(place, () => dialects[dialect].neuron(neuron));
  for (const note of found.notes) notes.add(note);
  return found.neuron;
}

/** snnTorch's `reset_delay=True`: a plain neuron is reset before it leaks, a synaptic one after all. */
function resetNextStep(spec: NeuronSpec, type: NeuronType): NeuronSpec {
  const isKept = spec.reset.kind === "zero" && type !== "CubaLIF";
  return { ...spec, variant: { ...spec.variant, timing: "nextStep", ...(isKept ? { resetOf: "kept" as const } : {}) } };
}

/** What the dialects refuse, with the node. */
function placed<Found>(place: string, find: () => Found): Found {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint, exit } = error;
    throw new UserError(code, `${place}: ${message}`, { exit, path: place, ...(hint === undefined ? {} : { hint }) });
  }
}
