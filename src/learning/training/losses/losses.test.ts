import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { UserError } from "../../../base/index.ts";
import { computeLoss, lossProblems, losses, type LossKind, type LossSpec, type OutputRecord } from "./index.ts";

const shared = process.env["LACUNA_SHARED"] ?? "../shared";
const vectorFile = `${shared}/vectors/snntorch/losses.json`;
const jellyFile = `${shared}/vectors/spikingjelly/bptt_mlp.json`;

type Numbers = number | readonly Numbers[];
const flat = (values: Numbers): number[] => [values].flat(9) as number[];

/** Relative to the largest magnitude of the two. */
function assertNear(got: number, wanted: number, bound: number, what: string): void {
  const scale = Math.max(1e-30, Math.abs(got), Math.abs(wanted));
  assert.ok(Math.abs(got - wanted) <= bound * scale || Math.abs(got - wanted) <= 1e-12, `${what}: ${got} ≠ ${wanted}`);
}

function assertAllNear(got: ArrayLike<number>, wanted: ArrayLike<number>, bound: number): void {
  assert.equal(got.length, wanted.length);
  for (let i = 0; i < got.length; i++) assertNear(got[i]!, wanted[i]!, bound, `[${i}]`);
}

function record(
  kind: OutputRecord["kind"],
  shape: readonly [number, number, number],
  values: readonly number[],
): OutputRecord {
  const [stepCount, sampleCount, classCount] = shape;
  return { kind, stepCount, sampleCount, classCount, values: Float32Array.from(values) };
}

test("values and gradients equal snnTorch's", { skip: !existsSync(vectorFile) && "no ../shared/vectors" }, () => {
  const file = JSON.parse(readFileSync(vectorFile, "utf8")) as {
    spk: Numbers;
    mem: Numbers;
    targets: number[];
    losses: Record<string, { value: number | number[]; grad?: Numbers }>;
  };
  const spikes = record("spikes", [20, 4, 6], flat(file.spk));
  const potential = record("potential", [20, 4, 6], flat(file.mem));
  const cases: readonly (readonly [string, OutputRecord, LossSpec])[] = [
    ["ce_rate", spikes, { kind: "ce-rate" }],
    ["ce_rate", spikes, { kind: "tet", pull: 0 }],
    ["ce_count", spikes, { kind: "cross-entropy" }],
    ["ce_max_membrane", potential, { kind: "ce-max-potential" }],
    // The file does not name its targets; the pairs follow from its gradients: 16 and 4 spikes; 1.05 and 0.2; steps 2 and 0.
    ["mse_count", spikes, { kind: "mse-count", correctRate: 0.8, incorrectRate: 0.2 }],
    ["mse_membrane", potential, { kind: "mse-potential", correctPotential: 1.05, incorrectPotential: 0.2 }],
    ["mse_temporal", spikes, { kind: "mse-temporal", correctSteps: [2], incorrectSteps: [0] }],
    ["ce_temporal", spikes, { kind: "ce-temporal" }],
    ["l1_rate_sparsity", spikes, { kind: "l1-rate", per: "batch" }],
  ];
  for (const [name, outputs, spec] of cases) {
    const wanted = file.losses[name]!;
    const { loss, gradient } = computeLoss(spec, outputs, file.targets);
    assertNear(loss, flat(wanted.value)[0]!, 1e-5, name);
    if (wanted.grad !== undefined) assertAllNear(gradient, flat(wanted.grad), 1e-5);
  }
});

test(
  "mse-rate is SpikingJelly's mean output against one-hot labels",
  {
    skip: !existsSync(jellyFile) && "no ../shared/vectors",
  },
  () => {
    const { cases } = JSON.parse(readFileSync(jellyFile, "utf8")) as {
      cases: Record<string, { out_spikes: Numbers; targets: number[]; loss: number }>;
    };
    assert.equal(Object.keys(cases).length, 8);
    for (const { out_spikes, targets, loss } of Object.values(cases)) {
      assertNear(
        computeLoss({ kind: "mse-rate" }, record("spikes", [12, 2, 3], flat(out_spikes)), targets).loss,
        loss,
        1e-6,
        "loss",
      );
    }
  },
);

test("smoothed, TET and pairwise losses equal PyTorch's", () => {
  const { losses: stored } = JSON.parse(readFileSync("tests/vectors/torch-training.json", "utf8")) as {
    losses: {
      shape: [number, number, number];
      labels: number[];
      cases: { spec: LossSpec; values: number[]; loss: number; gradient: number[] }[];
    };
  };
  assert.equal(stored.cases.length, 7);
  for (const { spec, values, loss, gradient } of stored.cases) {
    const kind = losses[spec.kind].accepts[0]!;
    const got = computeLoss(spec, record(kind, stored.shape, values), stored.labels);
    assertNear(got.loss, loss, 1e-7, spec.kind);
    const scale = Math.max(...gradient.map(Math.abs));
    gradient.forEach((g, i) => assert.ok(Math.abs(got.gradient[i]! - g) <= 2e-7 * scale, `${spec.kind} [${i}]`));
  }
});

/** Losses with a true derivative, on records whose values are all different (no ties) and, if asked, positive. */
const differentiable: readonly (readonly [LossSpec, OutputRecord["kind"], "positive"?])[] = [
  [{ kind: "cross-entropy" }, "potential"],
  [{ kind: "cross-entropy", labelSmoothing: 0.2, neuronsPerClass: 2 }, "spikes"],
  [{ kind: "ce-rate", labelSmoothing: 0.1 }, "spikes"],
  [{ kind: "ce-max-potential", labelSmoothing: 0.1 }, "potential"],
  [{ kind: "mse-count", correctRate: 0.7, incorrectRate: 0.1 }, "spikes"],
  [{ kind: "mse-count", neuronsPerClass: 2 }, "spikes"],
  [{ kind: "mse-rate", correctRate: 0.7, incorrectRate: 0.1, neuronsPerClass: 2 }, "spikes"],
  [{ kind: "mse-potential", correctPotential: 0.9 }, "potential"],
  [{ kind: "tet", pull: 0.3, target: 0.5, labelSmoothing: 0.1 }, "potential"],
  [{ kind: "similarity" }, "spikes"],
  [{ kind: "similarity", kernel: { kind: "linear" }, distance: "bce" }, "spikes", "positive"],
  [{ kind: "similarity", kernel: { kind: "polynomial", degree: 2 } }, "spikes"],
  [{ kind: "similarity", kernel: { kind: "sigmoid", slope: 0.5 }, distance: "l1" }, "spikes"],
  [{ kind: "similarity", kernel: { kind: "gaussian", width: 2 } }, "potential"],
  [{ kind: "l1-rate" }, "spikes"],
  [{ kind: "rate-band", minimum: 0.2, maximum: 0.4 }, "spikes"],
  [
    {
      kind: "mixed",
      parts: [
        { weight: 0.5, loss: { kind: "ce-rate" } },
        { weight: -2, loss: { kind: "mse-rate" } },
      ],
    },
    "spikes",
  ],
];

test("every loss with a true derivative agrees with central differences", () => {
  const covered = new Set<LossKind>(differentiable.map(([{ kind }]) => kind));
  const others = (Object.keys(losses) as LossKind[]).filter((kind) => !covered.has(kind));
  assert.deepEqual(others, ["ce-temporal", "mse-temporal"]);
  // Values are multiples of 2^-8 and the step is 2^-10, so that neither is rounded in float32.
  const step = 2 ** -10;
  const shape = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.constant(4));
  for (const [spec, kind, sign] of differentiable) {
    const numbers = fc.integer({ min: sign === "positive" ? 64 : -400, max: 400 });
    const cases = shape.chain(([t, n, c]) =>
      fc.record({
        shape: fc.constant([t, n, c] as const),
        values: fc.uniqueArray(numbers, { minLength: t * n * c, maxLength: t * n * c }),
        labels: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: n, maxLength: n }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ shape, values, labels }) => {
        const here = record(
          kind,
          shape,
          values.map((v) => v / 256),
        );
        const { gradient } = computeLoss(spec, here, labels);
        here.values.forEach((value, i) => {
          const at = (v: number): number => computeLoss(spec, { ...here, values: here.values.with(i, v) }, labels).loss;
          const slope = (at(value + step) - at(value - step)) / (2 * step);
          const error = Math.abs(slope - gradient[i]!);
          assert.ok(
            error <= 2e-5 + 2e-4 * Math.abs(slope),
            `${JSON.stringify(spec)} [${i}]: ${gradient[i]} ≠ ${slope}`,
          );
        });
      }),
      { numRuns: 20, seed: 7 },
    );
  }
});

test("the gradient by spike times is minus the change of the loss per step of delay", () => {
  const steps = 12;
  const spec: LossSpec = { kind: "mse-temporal", correctSteps: [2, 6], incorrectSteps: [-4, -1] };
  /** One sample, two classes, two spikes each. */
  const spikes = (times: readonly number[]): OutputRecord => {
    const values = Array.from({ length: steps * 2 }, () => 0);
    times.forEach((time, k) => (values[time * 2 + Math.floor(k / 2)] = 1));
    return record("spikes", [steps, 1, 2], values);
  };
  const times = [3, 8, 1, 5];
  const { gradient } = computeLoss(spec, spikes(times), [0]);
  times.forEach((time, k) => {
    const moved = (by: number): number => computeLoss(spec, spikes(times.with(k, time + by)), [0]).loss;
    // Exact up to rounding, because the loss is a square in the time.
    assertNear(gradient[time * 2 + Math.floor(k / 2)]!, -(moved(1) - moved(-1)) / 2, 1e-6, `spike ${k}`);
  });
  assert.equal(gradient.filter((g) => g !== 0).length, 4);
});

test("mse-temporal: tolerance forgives near spikes, a missing spike counts as the last step", () => {
  const values = [0, 0, 1, 0, 0, 0, 0, 0];
  const spikes = record("spikes", [4, 1, 2], values);
  const strict = computeLoss({ kind: "mse-temporal" }, spikes, [0]);
  // Class 0 fires at 1 instead of 0; class 1 never, which is its target, the last step.
  assert.equal(strict.loss, (1 / 4) ** 2 / 2);
  assert.deepEqual([...strict.gradient], [0, 0, -1 / 16, 0, 0, 0, 0, 0].map(Math.fround));
  assert.equal(computeLoss({ kind: "mse-temporal", tolerance: 1 }, spikes, [0]).loss, strict.loss);
  assert.equal(computeLoss({ kind: "mse-temporal", tolerance: 2 }, spikes, [0]).loss, 0);
});

test("ce-temporal with reciprocal times is the cross-entropy of 1 / (t + 1)", () => {
  const spikes = record("spikes", [3, 1, 2], [0, 1, 1, 1, 0, 0]);
  const scores = record("potential", [1, 1, 2], [1 / 2, 1]);
  const wanted = computeLoss({ kind: "cross-entropy" }, scores, [0]);
  const { loss, gradient } = computeLoss({ kind: "ce-temporal", inverse: "reciprocal" }, spikes, [0]);
  assertNear(loss, wanted.loss, 1e-12, "loss");
  assertAllNear(gradient, [0, wanted.gradient[1]!, wanted.gradient[0]! / 4, 0, 0, 0], 1e-6);
});

test("label smoothing is the cross-entropy against a softened target", () => {
  const [a, b, c] = [0.5, -1, 2];
  const logSum = Math.log(Math.exp(a) + Math.exp(b) + Math.exp(c));
  const wanted = 0.8 * (logSum - b) + 0.1 * (logSum - a) + 0.1 * (logSum - c);
  const { loss } = computeLoss(
    { kind: "cross-entropy", labelSmoothing: 0.3 },
    record("potential", [1, 1, 3], [a, b, c]),
    [1],
  );
  assertNear(loss, wanted, 1e-12, "loss");
});

test("a silent batch gives finite losses and gradients, and pulls silent neurons up where a loss can", () => {
  const silent = record(
    "spikes",
    [5, 2, 4],
    Array.from({ length: 40 }, () => 0),
  );
  for (const [kind, { accepts }] of Object.entries(losses)) {
    if (kind === "mixed" || !accepts.includes("spikes")) continue;
    const { loss, gradient } = computeLoss({ kind } as LossSpec, silent, [0, 3]);
    assert.ok(Number.isFinite(loss) && gradient.every(Number.isFinite), kind);
  }
  assert.ok(computeLoss({ kind: "rate-band" }, silent, []).gradient.every((g) => g < 0));
  const busy = record(
    "spikes",
    [5, 2, 4],
    Array.from({ length: 40 }, () => 1),
  );
  assert.ok(computeLoss({ kind: "rate-band" }, busy, []).gradient.every((g) => g > 0));
});

test("losses per sample do not depend on the batch size, l1-rate over the batch does", () => {
  const once = record("spikes", [2, 1, 2], [1, 0, 1, 1]);
  const twice = record("spikes", [2, 2, 2], [1, 0, 1, 0, 1, 1, 1, 1]);
  for (const spec of [{ kind: "cross-entropy" }, { kind: "mse-rate" }, { kind: "l1-rate" }] as const) {
    assertNear(computeLoss(spec, twice, [0, 0]).loss, computeLoss(spec, once, [0]).loss, 1e-12, spec.kind);
  }
  assertNear(computeLoss({ kind: "l1-rate", strength: 2, per: "batch" }, twice, []).loss, 12, 1e-12, "batch");
});

test("wrong records, labels and options are refused in plain words", () => {
  const outputs = record("spikes", [2, 1, 3], [0, 1, 0, 0, 1, 0]);
  const refuses = (
    spec: LossSpec,
    outputs: OutputRecord,
    labels: readonly number[],
    code: string,
    message: string,
  ): void =>
    assert.throws(
      () => computeLoss(spec, outputs, labels),
      (error: UserError) => {
        assert.deepEqual([error.code, error.message], [code, message]);
        return true;
      },
    );
  refuses(
    { kind: "mse-potential" },
    outputs,
    [0],
    "training/record-kind",
    'loss "mse-potential": needs a record of potential, got spikes',
  );
  refuses(
    { kind: "ce-rate" },
    { ...outputs, stepCount: 3 },
    [0],
    "training/record-shape",
    'loss "ce-rate": expected 3 steps × 1 samples × 3 outputs, not empty, got 6 values',
  );
  refuses(
    { kind: "ce-rate" },
    { ...outputs, sampleCount: 0, values: new Float32Array(0) },
    [],
    "training/record-shape",
    'loss "ce-rate": expected 2 steps × 0 samples × 3 outputs, not empty, got 0 values',
  );
  refuses({ kind: "ce-rate" }, outputs, [0, 1], "training/record-shape", 'loss "ce-rate": 1 samples, but 2 labels');
  refuses(
    { kind: "ce-rate" },
    outputs,
    [3],
    "training/label-range",
    'loss "ce-rate": sample 0: expected a label from 0 to 2, got 3',
  );
  refuses(
    { kind: "mse-count", neuronsPerClass: 2 },
    outputs,
    [0],
    "training/record-shape",
    'loss "mse-count": 3 outputs cannot be shared out to classes of 2 neurons',
  );
  refuses(
    { kind: "cross-entropy", labelSmoothing: 1.5, neuronsPerClass: 0.5 },
    outputs,
    [0],
    "training/loss-option",
    'loss "cross-entropy".labelSmoothing: expected a number from 0 to 1, got 1.5 (and 1 more)',
  );
  const nested: LossSpec = {
    kind: "mixed",
    parts: [
      { weight: Number.NaN, loss: { kind: "rate-band", minimum: 0.6 } },
      { weight: 1, loss: { kind: "mse-temporal", correctSteps: [0, 1] } },
      { weight: 1, loss: { kind: "similarity", kernel: { kind: "polynomial", degree: 2 }, distance: "bce" } },
      { weight: 1, loss: { kind: "mixed", parts: [] } },
    ],
  };
  assert.deepEqual(
    lossProblems(nested, "training.loss").map(({ path, message }) => `${path}: ${message}`),
    [
      "training.loss.parts[0].weight: expected a finite number, got NaN",
      "training.loss.parts[0].loss.minimum: minimum must not exceed maximum, got 0.6 and 0.5",
      "training.loss.parts[1].loss.correctSteps: correctSteps and incorrectSteps must hold as many steps, at least one, got 2 and 1",
      'training.loss.parts[2].loss.kernel: distance "bce" needs similarities from 0 to 1, which the polynomial kernel leaves',
      "training.loss.parts[3].loss.parts: expected at least one part, got none",
    ],
  );
});
