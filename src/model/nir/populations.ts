// From NIR's continuous neurons to steps of our own: a definition in the neuron language and its parameters, as a dialect says.

import { assertDefined, UserError } from "../../base/index.ts";
import type { Neuron } from "../neuron/index.ts";
import type { Dialect } from "./dialects/index.ts";
import { fieldNumbers, shownName, type NirPrimitive } from "./graph.ts";
import { stepNeuronOf, type StepShape } from "./step-neuron.ts";
import { cellsOf } from "./shapes.ts";

/** Neurons of one node, ready to step. Arrays have shape [neuron]. */
export interface Population {
  readonly count: number;
  readonly neuron: Neuron;
  readonly shape: StepShape;
  readonly parameters: Readonly<Record<string, Float32Array>>;
  /** What arrives is multiplied by it; undefined when it is 1 everywhere. */
  readonly gain: Float32Array | undefined;
  /** Spikes, or the potential of neurons that never fire. */
  readonly sends: "spikes" | "potential";
  readonly sendsLate: boolean;
}

/** What a neuron does after a spike, where the caller knows better than the dialect. */
export type ResetChoice = "zero" | "subtract" | "value" | "subtract-next-step" | "zero-next-step";

export interface Discretization {
  readonly dialect: Dialect;
  readonly reset?: ResetChoice;
  /** Seconds per step. */
  readonly stepSeconds: number;
}

export type NeuronType = "I" | "IF" | "LI" | "LIF" | "CubaLI" | "CubaLIF";

/** Whether a node is a population of neurons (a Delay is none). */
export function isNeuronType(type: string): type is NeuronType {
  return ["I", "IF", "LI", "LIF", "CubaLI", "CubaLIF"].includes(type);
}

/**
 * @param shape  Of the node, for parameters that are single numbers.
 * @throws `nir/dialect-cannot` (exit "unsupported"), `nir/step-too-long`
 */
export function populationOf(
  node: NirPrimitive & { readonly type: NeuronType },
  path: string,
  shape: readonly number[],
  discretization: Discretization,
): Population {
  const { dialect, stepSeconds } = discretization;
  const read: Reader = { node, path, count: cellsOf(shape), dialect, stepSeconds };
  const missing = dialect.missing[node.type];
  if (missing !== undefined) throw cannot(read, missing);
  const leak = valuesOf(read, "v_leak", 0);
  checkLeak(read, leak);
  const stepShape = stepShapeOf(
    node.type,
    dialect,
    leak.some((value) => value !== 0),
  );
  const gain = inputGain(read);
  return {
    count: read.count,
    neuron: stepNeuronOf(stepShape),
    shape: stepShape,
    parameters: parametersOf(read, stepShape, leak),
    gain: gain.every((value) => value === 1) ? undefined : Float32Array.from(gain),
    sends: stepShape.fires === "never" ? "potential" : "spikes",
    sendsLate: dialect.sendsLate && stepShape.fires !== "never",
  };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Reader {
  readonly node: NirPrimitive & { readonly type: NeuronType };
  readonly path: string;
  readonly count: number;
  readonly dialect: Dialect;
  readonly stepSeconds: number;
}

function cannot({ path, node, dialect }: Reader, why: string): UserError {
  const message = `node ${shownName(path)} (${node.type}) in dialect ${dialect.name}: ${why}`;
  return new UserError("nir/dialect-cannot", message, {
    exit: "unsupported",
    hint: "name the dialect of the program that trained it",
  });
}

function stepShapeOf(type: NeuronType, dialect: Dialect, hasLeak: boolean): StepShape {
  const fires = type === "IF" || type === "LIF" || type === "CubaLIF";
  return {
    synapse: type.startsWith("Cuba") ? dialect.currentDecays : "none",
    decays: type !== "I" && type !== "IF",
    offset: hasLeak,
    fires: fires ? (dialect.manySpikes ? "many" : dialect.fires) : "never",
    firesFirst: fires && dialect.firesFirst,
    reset: dialect.reset,
    bounded: dialect.boundedBelow && type === "IF",
  };
}

function parametersOf(read: Reader, shape: StepShape, leak: readonly number[]): Record<string, Float32Array> {
  const parameters: Record<string, Float32Array> = {};
  const decay = shape.decays ? decays(read, read.node.type.startsWith("Cuba") ? "tau_mem" : "tau") : [];
  if (shape.decays) parameters["decay"] = Float32Array.from(decay);
  if (shape.synapse !== "none") parameters["currentDecay"] = Float32Array.from(decays(read, "tau_syn"));
  if (shape.offset) parameters["offset"] = Float32Array.from(leak, (value, n) => value * (1 - (decay[n] ?? 1)));
  if (shape.fires === "never") return parameters;
  parameters["threshold"] = Float32Array.from(valuesOf(read, "v_threshold", undefined));
  if (shape.reset === "value") parameters["resetTo"] = Float32Array.from(valuesOf(read, "v_reset", 0));
  return parameters;
}

/** One number per neuron. */
function valuesOf({ node, count }: Reader, field: string, absent: number | undefined): number[] {
  const values = fieldNumbers(node, field)?.values;
  if (values === undefined) return new Array<number>(count).fill(assertDefined(absent, field));
  return Array.from({ length: count }, (_, n) => assertDefined(values[values.length === 1 ? 0 : n], field));
}

function decays(read: Reader, field: string): number[] {
  const { dialect, stepSeconds, path, node } = read;
  return valuesOf(read, field, undefined).map((tau) => {
    const share = stepSeconds / tau;
    if (dialect.decay === "exact") return Math.exp(-share);
    if (share <= 1 + 1e-6) return Math.max(0, 1 - share);
    const message = `node ${shownName(path)} (${node.type}): ${field} ${tau} s is shorter than a step of ${stepSeconds} s; an Euler step would overshoot`;
    throw new UserError("nir/step-too-long", message, { hint: `use --dt ${tau} or less` });
  });
}

/** snnTorch has no resting potential; SpikingJelly rests where it resets. */
function checkLeak(read: Reader, leak: readonly number[]): void {
  const { name } = read.dialect;
  if (name === "snntorch" && leak.some((value) => value !== 0)) throw cannot(read, "v_leak must be 0");
  if (name !== "spikingjelly" || !read.node.fields.has("v_leak")) return;
  const reset = valuesOf(read, "v_reset", 0);
  if (leak.some((value, n) => value !== reset[n])) throw cannot(read, "v_leak must equal v_reset");
}

/** What one unit of input adds to the potential in one step, as far as decays do not say it. */
function inputGain(read: Reader): number[] {
  const { node, dialect, stepSeconds } = read;
  const r = valuesOf(read, "r", 1);
  switch (node.type) {
    case "I":
    case "IF":
      if (dialect.inputGain === "ignores-r") return r.map(() => 1);
      return r.map((value) => nearOne(dialect.chargePer === "second" ? value * stepSeconds : value));
    case "LI":
    case "LIF":
      return valuesOf(read, "tau", undefined).map((tau, n) => leakyGain(read, r[n] ?? 1, tau));
    case "CubaLI":
    case "CubaLIF": {
      const synapse = valuesOf(read, "tau_syn", undefined);
      const membrane = valuesOf(read, "tau_mem", undefined);
      const weight = valuesOf(read, "w_in", undefined);
      return r.map((value, n) =>
        nearOne(
          nearOne((weight[n] ?? 1) * (stepSeconds / (synapse[n] ?? 1))) *
            nearOne(value * (stepSeconds / (membrane[n] ?? 1))),
        ),
      );
    }
    default:
      return node.type satisfies never;
  }
}

function leakyGain({ dialect, stepSeconds }: Reader, r: number, tau: number): number {
  const share = stepSeconds / tau;
  if (dialect.inputGain === "ignores-r") return share;
  const gain = nearOne(r * share);
  // Rockpool writes r = τ e^(−dt/τ) / dt for neurons that take their input as it is.
  return dialect.inputGain === "r-after-decay" && nearOne(gain * Math.exp(share)) === 1 ? 1 : gain;
}

/**
 * Frameworks write r = τ / dt for neurons that do not scale their input, rounded to 32 bits; what is 1 within that rounding is 1,
 * so that weights arrive as they were trained.
 */
function nearOne(gain: number): number {
  return Math.abs(gain - 1) < 1e-5 ? 1 : gain;
}
