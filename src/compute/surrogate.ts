// The derivative that stands in for the step function: plain data that names a definition and its parameters. One expression,
// read by the reference, the kernels and the documentation.

import { assertDefined, type Problem } from "../base/index.ts";
import { constant, evaluateFloat, mul, reference, valueOf, type Expression } from "../model/neuron/index.ts";
import { refusedSurrogates, surrogateDefinitions, type SurrogateName } from "./surrogates/index.ts";

/** A surrogate by name; parameters that are not given have their initial values. `scale` multiplies any. */
export interface Surrogate {
  readonly kind: SurrogateName;
  readonly scale?: number;
  readonly [parameter: string]: number | string | undefined;
}

/** g(u) as an expression of the reference `u`. */
export function surrogateExpression(surrogate: Surrogate): Expression {
  const { derivative } = surrogateDefinitions[surrogate.kind];
  const value = derivative(reference("u"), parametersOf(surrogate));
  return valueOf(surrogate.scale === undefined ? value : mul(constant(surrogate.scale), value));
}

/** g(u) in 32-bit floats, as kernels compute it; u = charged potential − threshold. */
export function surrogateDerivative(surrogate: Surrogate, u: number): number {
  return evaluateFloat(surrogateExpression(surrogate), { u });
}

/** The |u| beyond which g is 0; undefined where it has tails. */
export function surrogateSupport(surrogate: Surrogate): number | undefined {
  return surrogateDefinitions[surrogate.kind].support?.(parametersOf(surrogate));
}

/**
 * A surrogate from a name and numbers, as configurations give them: `first` is the first
 * parameter. `checkSurrogate` tells whether it is one.
 */
export function surrogateOf(
  kind: SurrogateName,
  first: number | undefined,
  parameters: Readonly<Record<string, number>> = {},
): Surrogate {
  const [name] = Object.keys(definitionOf(kind)?.parameters ?? {});
  return { ...(name === undefined || first === undefined ? {} : { [name]: first }), ...parameters, kind };
}

/** Everything wrong with a surrogate: an unknown or refused name, unknown parameters, values out of range. */
export function checkSurrogate({ kind, ...values }: Surrogate, path: string): Problem[] {
  const definition = definitionOf(kind);
  if (definition === undefined) {
    if (Object.hasOwn(refusedSurrogates, kind)) {
      return [{ code: "surrogate/refused", path, message: `"${kind}" ${refusedSurrogates[kind]}` }];
    }
    const known = Object.keys(surrogateDefinitions).join(", ");
    return [{ code: "surrogate/unknown", path, message: `no surrogate is called "${kind}"; known: ${known}` }];
  }
  const problems: Problem[] = [];
  const report = (name: string, message: string): void => {
    problems.push({ code: "surrogate/parameter", path: `${path}.${name}`, message });
  };
  for (const [name, value] of Object.entries(values)) {
    const parameter = Object.hasOwn(definition.parameters, name) ? definition.parameters[name] : undefined;
    const { low, high } = parameter?.range ?? { low: Number.MIN_VALUE, high: 1e6 };
    if (parameter === undefined && name !== "scale") {
      report(
        name,
        `${kind} has no parameter "${name}"; it has ${[...Object.keys(definition.parameters), "scale"].join(", ")}`,
      );
    } else if (typeof value !== "number" || !(value >= low && value <= high)) {
      report(name, `expected ${low === Number.MIN_VALUE ? "above 0" : low}…${high}, got ${value}`);
    }
  }
  return problems;
}

// ---------------------------------------------------------------------------------------------------------------------

function definitionOf(kind: string) {
  return Object.hasOwn(surrogateDefinitions, kind) ? surrogateDefinitions[kind as SurrogateName] : undefined;
}

function parametersOf(surrogate: Surrogate): Readonly<Record<string, number>> {
  const { parameters } = assertDefined(definitionOf(surrogate.kind), `surrogate "${surrogate.kind}"`);
  const values = Object.entries(parameters).map(([name, { initial }]) => {
    const given = surrogate[name];
    return [name, typeof given === "number" ? given : initial] as const;
  });
  return Object.fromEntries(values);
}
