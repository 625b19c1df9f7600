import type { Expression } from "../../model/neuron/index.ts";

/** A derivative that stands in for the step function, as an expression of u = charged potential − threshold. */
export interface SurrogateDefinition {
  readonly parameters: Readonly<Record<string, SurrogateParameter>>;
  /** For people. */
  readonly formula: string;
  /** Who uses it, under which name. */
  readonly source: string;
  readonly derivative: (u: Expression, parameters: Readonly<Record<string, number>>) => Expression;
  /** Where it is 0 beyond some |u|: that |u|. */
  readonly support?: (parameters: Readonly<Record<string, number>>) => number;
}

export interface SurrogateParameter {
  readonly initial: number;
  /** Allowed values; without a range, above 0. */
  readonly range?: { readonly low: number; readonly high: number };
  readonly meaning: string;
}

/** A definition whose functions name its own parameters. */
export function defineSurrogate<Parameter extends string>(definition: {
  readonly parameters: Readonly<Record<Parameter, SurrogateParameter>>;
  readonly formula: string;
  readonly source: string;
  readonly derivative: (u: Expression, parameters: Readonly<Record<Parameter, number>>) => Expression;
  readonly support?: (parameters: Readonly<Record<Parameter, number>>) => number;
}): SurrogateDefinition {
  return definition as SurrogateDefinition;
}
