import { reference, type Expression } from "./expression.ts";

/**
 * What a number means, which decides how it becomes an integer: a `potential` has the unit of the membrane potential and
 * the threshold; a `coefficient` is a pure factor.
 */
export type Role = "potential" | "coefficient";

/** A neuron model: one time step as expressions of the state, the parameters and `input`. */
export interface Neuron {
  readonly name: string;
  /** State variables; all start at 0. */
  readonly state: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /** 0 or 1; the constant 0 for a neuron that never fires. */
  readonly spike: Expression;
  /** The state after the step. */
  readonly next: Readonly<Record<string, Expression>>;
}

export interface ParameterDefinition {
  readonly role: Role;
  /** Allowed values, both ends included unless the range is open. */
  readonly range: { readonly low: number; readonly high: number };
  readonly initial: number;
  /** Meaning in one line, for help and reports. */
  readonly meaning: string;
}

/**
 * Define a neuron. `step` runs once, on symbols, and leaves the expressions that every reader shares: evaluation,
 * gradient, kernels, integers, SystemVerilog.
 *
 * @example
 * defineNeuron({
 *   name: "integrateFire",
 *   state: ["v"],
 *   parameters: { threshold: { role: "potential", range: { low: 0, high: 1e6 }, initial: 1, meaning: "fires above this" } },
 *   step: ({ v, input, threshold }) => {
 *     const charged = add(v, input);
 *     const spike = above(charged, threshold);
 *     return { spike, next: { v: select(spike, sub(charged, threshold), charged) } };
 *   },
 * });
 */
export function defineNeuron<State extends string, Parameter extends string>(definition: {
  readonly name: string;
  readonly state: readonly State[];
  readonly parameters: Readonly<Record<Parameter, ParameterDefinition>>;
  readonly step: (symbols: Readonly<Record<State | Parameter | "input", Expression>>) => {
    readonly spike: Expression;
    readonly next: Readonly<Record<State, Expression>>;
  };
}): Neuron {
  const names = [...definition.state, ...Object.keys(definition.parameters), "input"];
  const symbols = Object.fromEntries(names.map((name) => [name, reference(name)]));
  const { spike, next } = definition.step(symbols as Record<State | Parameter | "input", Expression>);
  return { name: definition.name, state: definition.state, parameters: definition.parameters, spike, next };
}
