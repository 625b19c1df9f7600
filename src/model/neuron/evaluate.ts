import { assertDefined } from "../../base/index.ts";
import type { Expression } from "./expression.ts";
import type { Neuron } from "./neuron.ts";

/** Names to real values. */
export type Environment = Readonly<Record<string, number>>;

/** The real value of an expression. */
export function evaluate(expression: Expression, environment: Environment): number {
  switch (expression.op) {
    case "constant":
      return expression.value;
    case "reference":
      return assertDefined(environment[expression.name], `value of "${expression.name}"`);
    case "add":
      return evaluate(expression.a, environment) + evaluate(expression.b, environment);
    case "sub":
      return evaluate(expression.a, environment) - evaluate(expression.b, environment);
    case "mul":
      return evaluate(expression.a, environment) * evaluate(expression.b, environment);
    case "above":
      return evaluate(expression.a, environment) > evaluate(expression.b, environment) ? 1 : 0;
    case "select":
      return evaluate(expression.condition, environment) !== 0
        ? evaluate(expression.a, environment)
        : evaluate(expression.b, environment);
    default:
      return expression satisfies never;
  }
}

/** One time step of one neuron: the spike (0 or 1) and the next state. `environment` holds state, parameters, `input`. */
export function stepNeuron(
  neuron: Neuron,
  environment: Environment,
): { readonly spike: number; readonly state: Readonly<Record<string, number>> } {
  const spike = evaluate(neuron.spike, environment);
  const next = Object.entries(neuron.next).map(([name, expression]) => [name, evaluate(expression, environment)]);
  return { spike, state: Object.fromEntries(next) as Record<string, number> };
}
