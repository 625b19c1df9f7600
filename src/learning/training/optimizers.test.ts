import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { UserError } from "../../base/index.ts";
import { initialOptimizerState, optimizerProblems, optimizerStep, type OptimizerSpec } from "./optimizers.ts";

const rate = 1 / 32;

/** Weights after every step, and the gradients that the optimizer saw with decay. */
function run(spec: OptimizerSpec, initial: readonly number[], gradients: readonly (readonly number[])[]): number[][] {
  const weights = Float32Array.from(initial);
  const state = initialOptimizerState(spec, weights.length);
  return gradients.map((gradient, i) => {
    optimizerStep(spec, { weights, gradient: Float32Array.from(gradient), state, step: i + 1, learningRate: rate });
    return [...weights];
  });
}

function assertNear(got: number, wanted: number, bound: number, what: string): void {
  assert.ok(Math.abs(got - wanted) <= bound, `${what}: ${got} ≠ ${wanted}`);
}

test("weights equal PyTorch's over 12 steps", () => {
  const { optimizers } = JSON.parse(readFileSync("tests/vectors/torch-training.json", "utf8")) as {
    optimizers: {
      learningRate: number;
      initial: number[];
      gradients: number[][];
      cases: { spec: OptimizerSpec; weights: number[][] }[];
    };
  };
  assert.equal(optimizers.learningRate, rate);
  assert.equal(optimizers.cases.length, 11);
  for (const { spec, weights } of optimizers.cases) {
    const got = run(spec, optimizers.initial, optimizers.gradients);
    // Weights stay below 4, so 12 roundings of weight and state are below 12 × 2^-22.
    weights.forEach((row, t) =>
      row.forEach((w, i) => assertNear(got[t]![i]!, w, 3e-6, `${JSON.stringify(spec)} ${t}`)),
    );
  }
});

// Closed forms: the state after t steps as one sum over all gradients, where the code updates it step by step.
const gradients = [0.5, -1, 0.25, 0.75, -0.125, 0.5];
const decayed = (keep: number, t: number, of: (g: number) => number): number =>
  gradients.slice(0, t + 1).reduce((sum, g, i) => sum + keep ** (t - i) * of(g), 0);
const pathOf = (move: (t: number) => number): number[] => {
  let weight = 1;
  return gradients.map((_, t) => (weight -= rate * move(t)));
};

for (const [name, spec, wanted] of [
  ["sgd", { kind: "sgd" }, pathOf((t) => gradients[t]!)],
  ["sgd with momentum", { kind: "sgd", momentum: 0.9 }, pathOf((t) => decayed(0.9, t, (g) => g))],
  [
    "sgd with Nesterov momentum",
    { kind: "sgd", momentum: 0.9, nesterov: true },
    pathOf((t) => gradients[t]! + 0.9 * decayed(0.9, t, (g) => g)),
  ],
  [
    "adam",
    { kind: "adam" },
    pathOf((t) => {
      const mean = (0.1 * decayed(0.9, t, (g) => g)) / (1 - 0.9 ** (t + 1));
      const square = (0.001 * decayed(0.999, t, (g) => g * g)) / (1 - 0.999 ** (t + 1));
      return mean / (Math.sqrt(square) + 1e-8);
    }),
  ],
  [
    "rmsprop",
    { kind: "rmsprop" },
    pathOf((t) => gradients[t]! / (Math.sqrt(0.01 * decayed(0.99, t, (g) => g * g)) + 1e-8)),
  ],
] as const satisfies readonly (readonly [string, OptimizerSpec, number[]])[]) {
  test(`${name}: the closed form of its state`, () => {
    const got = run(
      spec,
      [1],
      gradients.map((g) => [g]),
    );
    got.forEach(([weight], t) => assertNear(weight!, wanted[t]!, 2e-6, `step ${t + 1}`));
  });
}

test("decay: adamw shrinks weights without any gradient, by (1 − rate · decay) each step", () => {
  const zeros = Array.from({ length: 20 }, () => [0]);
  const last = run({ kind: "adamw", weightDecay: 0.5 }, [2], zeros).at(-1)![0]!;
  assertNear(last, 2 * (1 - rate * 0.5) ** 20, 2e-6, "adamw");
  // With adam the same decay is a gradient, and its step has the size of the rate whatever the decay.
  assertNear(run({ kind: "adam", weightDecay: 0.5 }, [2], [[0]]).at(-1)![0]!, 2 - rate, 1e-6, "adam");
});

test("every optimizer finds the bottom of a bowl, from anywhere, and is deterministic", () => {
  const specs: OptimizerSpec[] = [
    { kind: "sgd", momentum: 0.5 },
    { kind: "adam" },
    { kind: "adamw", weightDecay: 0 },
    { kind: "rmsprop", isCentered: true, epsilon: 0.1 },
  ];
  const start = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...specs), start, (spec, from) => {
      const descend = (): number => {
        const weights = Float32Array.of(from);
        const state = initialOptimizerState(spec, 1);
        for (let step = 1; step <= 600; step++) {
          const gradient = weights.map((w) => 2 * (w - 0.5));
          optimizerStep(spec, { weights, gradient, state, step, learningRate: 0.05 * 0.99 ** step });
        }
        return weights[0]!;
      };
      assertNear(descend(), 0.5, 0.05, spec.kind);
      assert.equal(descend(), descend());
    }),
    { numRuns: 30, seed: 3 },
  );
});

test("a constant gradient does not make the centered variance negative", () => {
  const path = run({ kind: "rmsprop", isCentered: true, squareDecay: 0 }, [1], [[0.1], [0.1], [0.1]]);
  assert.ok(path.flat().every(Number.isFinite));
});

test("wrong options are refused in plain words", () => {
  assert.deepEqual(
    optimizerProblems({ kind: "sgd", momentum: 2, weightDecay: Number.NaN }, "training.optimizer").map(
      ({ path, message }) => `${path}: ${message}`,
    ),
    [
      "training.optimizer.momentum: expected a number from 0 to 1, got 2",
      "training.optimizer.weightDecay: expected a number from 0 to 1000, got NaN",
    ],
  );
  assert.throws(
    () => initialOptimizerState({ kind: "sgd", nesterov: true }, 1),
    (error: UserError) => {
      assert.equal(error.code, "training/optimizer-option");
      assert.equal(error.message, 'optimizer "sgd".nesterov: needs a momentum above 0 and no dampening');
      return true;
    },
  );
});
