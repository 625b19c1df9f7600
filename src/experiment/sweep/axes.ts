// The sweeps that people ask for first, as data: which choices, which values, and what a value means in the experiment document.

import { suggestName, UserError } from "../../base/index.ts";
import type { Value } from "../../exploration/index.ts";
import { neuronModels, neuronOf, neuronSpec, type NeuronModelName } from "../../model/neuron/index.ts";
import type { Config } from "../config.ts";

/** One choice of a sweep. */
export interface Axis {
  readonly name: string;
  readonly title: string;
  readonly values: readonly Value[];
  /** The parts of the document that this choice sets, given all choices so far; merged key by key. */
  readonly choose: (value: Value, document: Pick<Config, "network">) => Readonly<Record<string, unknown>>;
}

export interface Sweep {
  readonly name: string;
  readonly title: string;
  readonly axes: readonly Axis[];
}

const parameter = (name: string, title: string, values: readonly number[]): Axis => ({
  name,
  title,
  values,
  choose: (value, { network }) => ({ network: { parameters: { ...network.parameters, [name]: value } } }),
});

/** Encodings by the name in a sweep. */
const encodings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  rate: { kind: "rate" },
  "regular rate": { kind: "rate", pattern: "regular" },
  "linear latency": { kind: "latency", shape: "linear", threshold: 0.3 },
  "log latency": { kind: "latency", shape: "log", threshold: 0.3 },
  threshold: { kind: "threshold", level: 0.5 },
  "threshold, once": { kind: "threshold", level: 0.5, repeat: 1 },
  phase: { kind: "phase" },
  burst: { kind: "burst" },
};

const steps = (values: readonly number[]): Axis => ({
  name: "steps",
  title: "time steps",
  values,
  choose: (value) => ({ explore: { stepCount: [value] } }),
});

/** Every sweep, by the name that the command takes. */
export const sweeps: Readonly<Record<string, Sweep>> = Object.fromEntries(
  (
    [
      {
        name: "beta-theta",
        title: "decay β × threshold θ",
        axes: [
          parameter("decay", "decay β", [0.25, 0.5, 0.75, 0.875, 0.9375, 1]),
          parameter("threshold", "threshold θ", [0.5, 0.75, 1, 1.25, 1.5, 2]),
        ],
      },
      {
        name: "surrogate-slope",
        title: "surrogate × its first parameter",
        axes: [
          {
            name: "surrogate",
            title: "surrogate",
            values: ["fastSigmoid", "arctan", "sigmoid", "triangle", "gaussian"],
            choose: (value) => ({ training: { surrogate: value, surrogateParameters: {} } }),
          },
          {
            name: "slope",
            title: "first parameter",
            values: [1, 2, 5, 10, 25],
            choose: (value) => ({ training: { surrogateScale: value } }),
          },
        ],
      },
      {
        name: "encoding",
        title: "encoding × time steps",
        axes: [
          {
            name: "encoding",
            title: "encoding",
            values: Object.keys(encodings),
            choose: (value) => ({ encoding: encodings[String(value)] }),
          },
          steps([4, 8, 12]),
        ],
      },
      {
        name: "neuron",
        title: "neuron model × reset",
        axes: [
          {
            name: "neuron",
            title: "neuron model",
            values: firingModels(),
            choose: (value) => ({ network: { neuron: value, parameters: {} } }),
          },
          {
            name: "reset",
            title: "reset",
            values: ["subtract", "zero"],
            choose: (value) => ({ network: { reset: value } }),
          },
        ],
      },
      { name: "steps", title: "time steps T", axes: [steps([2, 4, 6, 8, 12, 16])] },
      {
        name: "bits-pruning",
        title: "weight bits × pruned share",
        axes: [
          {
            name: "bits",
            title: "weight bits",
            values: [2, 3, 4, 6, 8],
            choose: (value) => ({ explore: { weightBits: [value] } }),
          },
          {
            name: "sparsity",
            title: "pruned share",
            values: [0, 0.5, 0.75, 0.9],
            choose: (value) => ({ explore: { sparsity: [value] } }),
          },
        ],
      },
    ] satisfies readonly Sweep[]
  ).map((sweep) => [sweep.name, sweep]),
);

/** Every model that can fire at all. */
function firingModels(): NeuronModelName[] {
  return (Object.keys(neuronModels) as NeuronModelName[]).filter(
    (name) => neuronOf(neuronSpec(name)).spike.op !== "constant",
  );
}

/** @throws `sweep/unknown` with a suggestion */
export function sweepByName(name: string): Sweep {
  const found = Object.hasOwn(sweeps, name) ? sweeps[name] : undefined;
  if (found !== undefined) return found;
  const message = `no sweep is called "${name}"; ${suggestName(name, Object.keys(sweeps))}`;
  throw new UserError("sweep/unknown", message, { exit: "usage" });
}
