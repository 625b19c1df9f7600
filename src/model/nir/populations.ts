// From NIR's continuous neurons to steps of our own: a neuron spec and what differs from neuron to neuron, as a dialect says.

import { assertDefined, UserError } from "../../base/index.ts";
import {
  dialects,
  joinSpecs,
  neuronOf,
  type DialectName,
  type DialectNeuron,
  type JoinedSpecs,
  type NeuronSpec,
  type NirNeuron,
} from "../neuron/index.ts";
import { dialectTraits } from "./dialect-traits.ts";
import { fieldNumbers, shownName, type NirPrimitive } from "./graph.ts";
import { notedReset } from "./note.ts";
import type { ResetChoice } from "./reset-choice.ts";
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

export interface Discretization {
  readonly dialect: DialectName;
  readonly reset?: ResetChoice;
  /** Seconds per step. */
  readonly stepSeconds: number;
  /** Where `reset` is absent, what nodes of our own files note about theirs counts. */
  readonly usesNotes?: boolean;
}

export type NeuronType = NirNeuron["kind"];

/** Whether a node is a population of neurons (a Delay is none). */
export function isNeuronType(type: string): type is NeuronType {
  return ["I", "IF", "LI", "LIF", "CubaLI", "CubaLIF"].includes(type);
}

/** One neuron as a dialect runs it, reset as told. @throws `dialect/unsupported` (exit "unsupported") */
export function neuronAs(
  dialect: DialectName,
  neuron: Omit<NirNeuron, "reset">,
  reset: ResetChoice | undefined,
): DialectNeuron {
  const kind = reset?.replace("-next-step", "") as NirNeuron["reset"];
  const found = dialects[dialect].neuron(kind === undefined ? neuron : { ...neuron, reset: kind });
  return reset?.endsWith("-next-step") === true
    ? { ...found, neuron: resetNextStep(found.neuron, neuron.kind) }
    : found;
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
  const { dialect, usesNotes } = discretization;
  const reset = discretization.reset ?? (usesNotes === true ? notedReset(node.metadata) : undefined);
  const notes = new Set<string>();
  const known = new Map<string, NeuronSpec>();
  const specs = Array.from({ length: count }, (_, n) => {
    const neuron = neuronAt(node, n, discretization.stepSeconds);
    const key = JSON.stringify(neuron);
    const spec = known.get(key) ?? specOf(neuron, place, { ...discretization, reset }, notes);
    known.set(key, spec);
    return spec;
  });
  const joined = placed(place, () => joinSpecs(specs));
  const isSilent = neuronOf(joined.neuron).spike.op === "constant";
  return {
    ...joined,
    count,
    sends: isSilent ? "potential" : "spikes",
    sendsLate: dialectTraits[dialect].sendsLate && !isSilent,
    firesFirst: joined.neuron.variant?.timing === "spikeFirst",
    notes: [...notes],
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Names of NIR's fields and of ours. */
export const neuronFields = {
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
  stepSeconds: number,
): Omit<NirNeuron, "reset"> {
  const values = Object.entries(neuronFields).flatMap(([field, name]) => {
    const given = fieldNumbers(node, field)?.values;
    return given === undefined ? [] : [[name, assertDefined(given[given.length === 1 ? 0 : n], field)] as const];
  });
  return { kind: node.type, dt: stepSeconds, ...Object.fromEntries(values) };
}

function specOf(
  neuron: Omit<NirNeuron, "reset">,
  place: string,
  how: { readonly dialect: DialectName; readonly stepSeconds: number; readonly reset: ResetChoice | undefined },
  notes: Set<string>,
): NeuronSpec {
  const { dialect, stepSeconds, reset } = how;
  const isEuler = dialect !== "sinabs" && dialect !== "rockpool";
  for (const tau of [neuron.tau, neuron.tauSyn]) {
    if (tau === undefined || !isEuler || stepSeconds / tau <= 1 + 1e-6) continue;
    const message = `${place}: a time constant of ${tau} s is shorter than a step of ${stepSeconds} s; an Euler step would overshoot`;
    throw new UserError("nir/step-too-long", message, { hint: `use --dt ${tau} or less` });
  }
  const found = placed(place, () => neuronAs(dialect, neuron, reset));
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
