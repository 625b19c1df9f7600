import { suggestName, type Problem } from "../../base/index.ts";
import { checkVariant } from "./check-variant.ts";
import { neuronModels, type NeuronModelName, type Reset, type Variant } from "./models/index.ts";
import type { LoweringFormats } from "./integer.ts";
import type { Neuron } from "./neuron.ts";

/** A neuron as plain data: which model, which reset, which parameter values. What files and configurations hold. */
export interface NeuronSpec {
  readonly model: NeuronModelName;
  readonly reset: Reset;
  /** How a framework orders and compares within a step; canonical when absent. */
  readonly variant?: Variant;
  /** One value per parameter, shared by all neurons of a layer. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Present when it computes as its integers do, in steps of their formats. */
  readonly numerics?: NeuronNumerics;
}

export interface NeuronNumerics {
  /** Real value of weight integer 1. */
  readonly unit: number;
  readonly formats: LoweringFormats;
}

/** The definition that a spec names, in real numbers. */
export function definitionOf(spec: NeuronSpec): Neuron {
  return neuronModels[spec.model](spec.reset, spec.variant ?? {});
}

/** A spec with the model's initial values for every parameter that is not given. */
export function neuronSpec(
  model: NeuronModelName,
  parameters: Readonly<Record<string, number>> = {},
  reset: Reset = { kind: "subtract" },
  variant?: Variant,
): NeuronSpec {
  const definition = neuronModels[model](reset, variant ?? {});
  const initial = Object.entries(definition.parameters).map(([name, p]) => [name, p.initial]);
  const all = { ...(Object.fromEntries(initial) as Record<string, number>), ...parameters };
  return { model, reset, parameters: all, ...(variant === undefined ? {} : { variant }) };
}

/** Everything wrong with a spec: unknown model, reset, variant or parameter, missing or out-of-range value. */
export function checkNeuronSpec(spec: NeuronSpec, path: string): Problem[] {
  if (!Object.hasOwn(neuronModels, spec.model)) {
    const hint = suggestName(spec.model, Object.keys(neuronModels));
    return [{ code: "neuron/unknown-model", path, message: `no neuron model is called "${spec.model}"; ${hint}` }];
  }
  const problems = checkReset(spec.reset, `${path}.reset`);
  problems.push(...checkVariant({ ...spec.variant }, `${path}.variant`));
  if (problems.some(({ code }) => unreadable.has(code))) return problems;
  const { parameters } = definitionOf(spec);
  for (const name of Object.keys(spec.parameters)) {
    if (Object.hasOwn(parameters, name)) continue;
    const known = Object.keys(parameters).join(", ");
    problems.push({
      code: "neuron/unknown-parameter",
      path: `${path}.${name}`,
      message: `${spec.model} has no parameter "${name}"; it has ${known}`,
    });
  }
  for (const [name, { range }] of Object.entries(parameters)) {
    const value = spec.parameters[name];
    if (value !== undefined && value >= range.low && value <= range.high) continue;
    problems.push({
      code: "neuron/parameter-range",
      path: `${path}.${name}`,
      message: `expected ${range.low}…${range.high}, got ${value}`,
      ...(name.toLowerCase().includes("decay") && value !== undefined && value > 1
        ? { hint: "a decay is the share kept per step; from a time constant: decay = exp(−step / tau)" }
        : {}),
    });
  }
  return [...problems, ...checkNumerics(spec.numerics, `${path}.numerics`)];
}

/** Problems of a spec after which nobody knows what neuron it is. */
export const unreadable: ReadonlySet<string> = new Set([
  "neuron/unknown-model",
  "neuron/unknown-reset",
  "neuron/unknown-variant",
  "neuron/variant-value",
  "neuron/numerics",
]);

// ---------------------------------------------------------------------------------------------------------------------

function checkNumerics(numerics: NeuronNumerics | undefined, path: string): Problem[] {
  if (numerics === undefined) return [];
  const { unit, formats } = numerics;
  const { potential, coefficientFraction, rounding } = formats;
  const isCount = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && value >= low && value <= high;
  const isSound =
    unit > 0 &&
    Number.isFinite(unit) &&
    isCount(potential.bits, 2, 31) &&
    isCount(potential.fraction, 0, 30) &&
    isCount(coefficientFraction, 0, 30) &&
    (rounding === "nearest" || rounding === "floor");
  if (isSound) return [];
  const message = "expected a unit above 0, whole bits and fractions, and a rounding of nearest or floor";
  return [{ code: "neuron/numerics", path, message }];
}

function checkReset(reset: Reset, path: string): Problem[] {
  switch (reset.kind) {
    case "subtract":
    case "zero":
    case "none":
      return [];
    case "value":
      if (Number.isFinite(reset.value)) return [];
      return [{ code: "neuron/reset-value", path, message: `expected a finite value, got ${reset.value}` }];
    default:
      return [{ code: "neuron/unknown-reset", path, message: unknownReset(reset satisfies never) }];
  }
}

/** Types end where files begin: a reset from a file may be called anything. */
function unknownReset(reset: { readonly kind: unknown }): string {
  return `no reset is called "${String(reset.kind)}"; known: subtract, zero, value, none`;
}
