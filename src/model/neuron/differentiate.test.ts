// The whole adjoint against differences, the spike included. A step function has no useful difference, so every `above` is
// replaced by a smooth sigmoid, in the step and, through `surrogate.<k>`, in the adjoint; `select` becomes a mixture.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../base/index.ts";
import {
  above,
  add,
  constant,
  differentiate,
  evaluate,
  mul,
  neuronModels,
  neuronOf,
  neuronSpec,
  reference,
  select,
  sub,
  topologicalOrder,
  type Environment,
  type Expression,
  type Neuron,
  type NeuronModelName,
  type Reset,
} from "./index.ts";

const steepness = 1.5;
const sigmoid = (u: number): number => 1 / (1 + Math.exp(-steepness * u));
const slopeOfSigmoid = (u: number): number => steepness * sigmoid(u) * (1 - sigmoid(u));

/**
 * Values of all nodes of `roots`, with the smooth stand-ins. `frozen` conditions keep their value: a detached reset. `shifts` are
 * what each `through` added to its slope where the gradient is taken.
 */
function smooth(
  roots: readonly Expression[],
  environment: Environment,
  frozen?: Map<Expression, number>,
  shifts?: Map<Expression, number>,
): Map<Expression, number> {
  const values = new Map<Expression, number>();
  for (const node of topologicalOrder(roots)) {
    values.set(
      node,
      smoothValue(node, (operand) => values.get(operand)!, environment, frozen, shifts),
    );
  }
  return values;
}

function smoothValue(
  node: Expression,
  at: (operand: Expression) => number,
  environment: Environment,
  frozen: Map<Expression, number> | undefined,
  shifts: Map<Expression, number> | undefined,
): number {
  switch (node.op) {
    case "constant":
      return node.value;
    case "reference":
      assert.ok(environment[node.name] !== undefined, node.name);
      return environment[node.name]!;
    case "add":
      return at(node.a) + at(node.b);
    case "sub":
      return at(node.a) - at(node.b);
    case "mul":
      return at(node.a) * at(node.b);
    case "div":
      return at(node.a) / at(node.b);
    case "floor":
      return Math.floor(at(node.a));
    case "powerOfTwo":
      return 2 ** at(node.a);
    case "above":
    case "atLeast":
      return sigmoid(at(node.a) - at(node.b));
    case "through":
      // The value of `a` where the gradient is taken, moving as `b` does.
      return at(node.b) + (shifts?.get(node) ?? at(node.a) - at(node.b));
    case "select": {
      const share = frozen?.get(node.condition) ?? at(node.condition);
      return share * at(node.a) + (1 - share) * at(node.b);
    }
    default:
      return node satisfies never;
  }
}

/** Compare every gradient of `neuron` at `environment` with a central difference. */
function checkAdjoint(neuron: Neuron, environment: Environment, detachReset: boolean): void {
  const { spike, next } = neuron.learned ?? neuron;
  const roots = [spike, ...Object.values(next)];
  const here = smooth(roots, environment);
  const frozen = detachReset ? here : undefined;
  const shifts = new Map(
    [...here].flatMap(([node, value]) => (node.op === "through" ? [[node, value - here.get(node.b)!] as const] : [])),
  );
  // Any weights of spike and state will do: their sum is the loss.
  const weights: Record<string, number> = { "gradient.spike": 0.7 };
  Object.keys(next).forEach((name, i) => (weights[`gradient.${name}`] = 1 - 0.4 * i));
  const loss = (at: Environment): number => {
    const values = smooth(roots, at, frozen, shifts);
    const states = Object.entries(next).map(([name, node]) => weights[`gradient.${name}`]! * values.get(node)!);
    return states.reduce((a, b) => a + b, weights["gradient.spike"]! * values.get(spike)!);
  };
  const adjoint = differentiate(neuron, { detachReset });
  const extended: Record<string, number> = { ...environment, ...weights };
  adjoint.surrogates.forEach((argument, k) => {
    extended[`surrogate.${k}`] = slopeOfSigmoid(smooth([argument], environment).get(argument)!);
  });
  for (const name of [...neuron.state, ...Object.keys(neuron.parameters), "input"]) {
    const h = 1e-5;
    const difference =
      (loss({ ...environment, [name]: environment[name]! + h }) -
        loss({ ...environment, [name]: environment[name]! - h })) /
      (2 * h);
    const node = adjoint.gradients[name]!;
    const gradient = smooth([node], extended).get(node)!;
    // Relative to 1 + |gradient|: a central difference with h = 1e-5 is good to about 1e-9 in these units.
    assert.ok(
      Math.abs(gradient - difference) < 1e-7 * (1 + Math.abs(gradient)),
      `${name}: ${gradient}, difference ${difference}`,
    );
  }
}

const resets: readonly Reset[] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.25 }];

for (const model of Object.keys(neuronModels) as NeuronModelName[]) {
  for (const reset of resets) {
    for (const detachReset of [false, true]) {
      test(`${model}, reset ${reset.kind}${detachReset ? ", detached" : ""}: the adjoint is the derivative, spike included`, () => {
        const spec = neuronSpec(model, {}, reset);
        const neuron = neuronOf(spec);
        const random = randomStream(6, `${model} ${reset.kind}`);
        for (let trial = 0; trial < 20; trial++) {
          const environment: Record<string, number> = { ...spec.parameters, input: random.normal() };
          for (const name of neuron.state) environment[name] = random.normal();
          checkAdjoint(neuron, environment, detachReset);
        }
      });
    }
  }
}

/** Models that do not reset, whose reset never learns, or is not on the way from their input. */
const withoutReset: ReadonlySet<NeuronModelName> = new Set([
  "alpha",
  "thresholdUnit",
  "slidingParallel",
  "burst",
  "spiker",
]);

test("a detached reset changes the gradient of models that reset, and only of those", () => {
  for (const model of Object.keys(neuronModels) as NeuronModelName[]) {
    const neuron = neuronOf(neuronSpec(model));
    const [attached, detached] = [false, true].map(
      (detachReset) => differentiate(neuron, { detachReset }).gradients["input"],
    );
    const resets = neuron.spike.op !== "constant" && !withoutReset.has(model);
    assert.equal(attached !== detached, resets, model);
  }
});

/** Any expression over v, input and p, a few operations deep. */
const expressions = fc.letrec<{ leaf: Expression; node: Expression }>((tie) => ({
  leaf: fc.oneof(fc.constantFrom("v", "input", "p").map(reference), fc.constantFrom(-1, 0, 0.5, 1, 2).map(constant)),
  node: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    tie("leaf"),
    fc.tuple(fc.constantFrom(add, sub, mul, above), tie("node"), tie("node")).map(([make, a, b]) => make(a, b)),
    fc.tuple(tie("node"), tie("node"), tie("node"), tie("node")).map(([a, b, c, d]) => select(above(a, b), c, d)),
  ),
}));

test("the adjoint of any expression is its derivative", () => {
  const small = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      expressions.node,
      expressions.node,
      fc.tuple(small, small, small),
      fc.boolean(),
      (spike, next, [v, input, p], detachReset) => {
        const definition = { role: "potential", range: { low: -1, high: 1 }, initial: 0, meaning: "any" } as const;
        const neuron: Neuron = { name: "any", state: ["v"], parameters: { p: definition }, spike, next: { v: next } };
        const large = [...smooth([spike, next], { v, input, p }).values()].some((value) => Math.abs(value) > 20);
        fc.pre(!large);
        checkAdjoint(neuron, { v, input, p }, detachReset);
      },
    ),
    { seed: 31, numRuns: 300 },
  );
});

test("real evaluation is the smooth one where nothing is near a threshold", () => {
  const charged = add(mul(constant(0.5), reference("v")), reference("input"));
  const chosen = select(above(charged, constant(0)), charged, constant(0));
  for (const v of [-300, 300]) {
    const environment = { v, input: 1 };
    assert.ok(Math.abs(evaluate(chosen, environment) - smooth([chosen], environment).get(chosen)!) < 1e-12);
  }
});
