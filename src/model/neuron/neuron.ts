import { isBit, reference, valueOf, type Expression } from "./expression.ts";

/**
 * What a number means, which decides how it becomes an integer: a `potential` has the unit of the membrane potential and
 * the threshold; a `coefficient` is a pure factor.
 */
export type Role = "potential" | "coefficient";

/** A neuron model: one time step as expressions of the state, the parameters and `input`. */
export interface Neuron {
  readonly name: string;
  readonly state: readonly string[];
  /** State before the first step, as expressions of the parameters; what is not named starts at 0. */
  readonly initial?: Readonly<Record<string, Expression>>;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /**
   * What is sent: 0 or 1, or any number for a neuron that grades its spikes (`sendsBits` tells); the constant 0 for a neuron
   * that never fires.
   */
  readonly spike: Expression;
  /** The state after the step. */
  readonly next: Readonly<Record<string, Expression>>;
  /** Why integers cannot say it, where their operations alone do not tell, and what to use instead. */
  readonly noIntegers?: { readonly why: string; readonly instead: string };
  /** The same step where it learns otherwise than it computes: with every `through` in place. */
  readonly learned?: { readonly spike: Expression; readonly next: Readonly<Record<string, Expression>> };
}

/** Whether every spike is 0 or 1, so that bits and addresses say all. */
export function sendsBits(neuron: Neuron): boolean {
  return isBit(neuron.spike);
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
  readonly noIntegers?: Neuron["noIntegers"];
  /** State before the first step, where it is not 0. */
  readonly initial?: (
    parameters: Readonly<Record<Parameter, Expression>>,
  ) => Readonly<Partial<Record<State, Expression>>>;
  readonly step: (symbols: Readonly<Record<State | Parameter | "input", Expression>>) => {
    readonly spike: Expression;
    readonly next: Readonly<Record<State, Expression>>;
  };
}): Neuron {
  const { name, state, parameters } = definition;
  const names = [...state, ...Object.keys(parameters), "input"];
  const symbols = Object.fromEntries(names.map((symbol) => [symbol, reference(symbol)])) as Record<
    State | Parameter | "input",
    Expression
  >;
  const learned = definition.step(symbols);
  const values = Object.entries<Expression>(learned.next).map(
    ([key, expression]) => [key, valueOf(expression)] as const,
  );
  const spike = valueOf(learned.spike);
  const isPlain = spike === learned.spike && values.every(([key, value]) => value === learned.next[key as State]);
  return {
    name,
    state,
    parameters,
    spike,
    next: Object.fromEntries(values),
    ...(definition.initial === undefined ? {} : { initial: definition.initial(symbols) as Record<string, Expression> }),
    ...(definition.noIntegers === undefined ? {} : { noIntegers: definition.noIntegers }),
    ...(isPlain ? {} : { learned }),
  };
}
