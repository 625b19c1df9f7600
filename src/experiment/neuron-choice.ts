// The neuron of an experiment document: any model of the list, its parameters, its reset, and whose order within a step.

import { z } from "zod";
import { suggestName, type Problem } from "../base/index.ts";
import {
  checkHeard,
  checkNeuronSpec,
  dialects,
  neuronOf,
  neuronSpec,
  type DialectName,
  type NeuronModelName,
  type NeuronSpec,
  type Reset,
  type Variant,
} from "../model/neuron/index.ts";
import type { Config } from "./config.ts";

const resetNames = ["subtract", "zero", "none"] as const;

// What a document may say is the neuron's to decide: see `neuronProblems`.

export const modelSchema: z.ZodType<NeuronModelName> = z.string().transform((name) => name as NeuronModelName);
export const dialectSchema: z.ZodType<DialectName> = z.string().transform((name) => name as DialectName);
export const variantSchema: z.ZodType<Variant> = z
  .record(z.string(), z.unknown())
  .transform((variant) => variant as Variant);
export const resetSchema: z.ZodType<Reset> = z.union([
  z.enum(resetNames).transform((kind): Reset => ({ kind })),
  z.strictObject({ kind: z.enum(resetNames) }),
  z.strictObject({ kind: z.literal("value"), value: z.number() }),
]);

type Choice = Pick<Config["network"], "neuron" | "reset" | "dialect" | "variant" | "parameters">;

/** The neuron that a document chooses, with the model's own values for every parameter that is not given. */
export function neuronChoice({ neuron, reset, dialect, variant, parameters }: Choice): NeuronSpec {
  const whole = { ...(dialect === undefined ? {} : dialects[dialect].own(reset, neuron)), ...variant };
  return neuronSpec(neuron, parameters, reset, Object.keys(whole).length === 0 ? undefined : whole);
}

/** Everything wrong with it, and with the parameters that shall learn. */
export function neuronProblems(network: Choice, learn: readonly string[]): Problem[] {
  const { neuron, reset, dialect, variant } = network;
  if (dialect !== undefined && !Object.hasOwn(dialects, dialect)) {
    const message = `no dialect is called "${dialect}"; ${suggestName(dialect, Object.keys(dialects))}`;
    return [{ code: "config/dialect", path: "network.dialect", message }];
  }
  // First the words, because only known ones make a neuron with parameters.
  const problems = checkNeuronSpec({ model: neuron, reset, variant, parameters: {} }, "network");
  const words = problems.filter(({ code }) => !code.startsWith("neuron/parameter"));
  if (words.length > 0) return words.map((problem) => (problem.path === "network" ? at(problem, "neuron") : problem));
  const spec = neuronChoice(network);
  const known = Object.keys(neuronOf(spec).parameters);
  return [
    ...checkHeard(neuron, reset, variant, "network.variant"),
    ...checkNeuronSpec(spec, "network.parameters"),
    ...learn
      .filter((name) => !known.includes(name))
      .map((name) => {
        const message = `${neuron} has no parameter "${name}"; ${suggestName(name, known)}`;
        return { code: "config/learn", path: "training.learn", message };
      }),
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

function at(problem: Problem, key: string): Problem {
  return { ...problem, path: `network.${key}` };
}
