import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { UserError } from "../../base/index.ts";
import { clipGradients, globalNorm, type ClipSpec } from "./clip.ts";

const arrays = fc.array(fc.float32Array({ min: -100, max: 100, noNaN: true, maxLength: 8 }), { maxLength: 4 });

test("clipped gradients equal PyTorch's", () => {
  const { clips } = JSON.parse(readFileSync("tests/vectors/torch-training.json", "utf8")) as {
    clips: { cases: { spec: ClipSpec; before: number[][]; after: number[][] }[] };
  };
  assert.equal(clips.cases.length, 3);
  for (const { spec, before, after } of clips.cases) {
    const gradients = before.map((row) => Float32Array.from(row));
    clipGradients(spec, gradients);
    // PyTorch divides by the norm plus 1e-6.
    after.flat().forEach((wanted, i) => {
      const got = gradients.flatMap((row) => [...row])[i]!;
      assert.ok(Math.abs(got - wanted) < 1e-6, `${spec.kind} [${i}]: ${got} ≠ ${wanted}`);
    });
  }
});

test("by norm: the common norm never exceeds the limit, the direction stays, small gradients stay", () => {
  fc.assert(
    fc.property(arrays, fc.double({ min: 0.01, max: 100, noNaN: true }), (gradients, limit) => {
      const before = gradients.map((g) => g.slice());
      const { norm, isClipped } = clipGradients({ kind: "norm", limit }, gradients);
      assert.equal(norm, globalNorm(before));
      assert.equal(isClipped, norm > limit);
      assert.ok(globalNorm(gradients) <= limit * (1 + 1e-6));
      const share = isClipped ? limit / norm : 1;
      gradients.forEach((g, a) => g.forEach((value, i) => assert.equal(value, Math.fround(before[a]![i]! * share))));
    }),
    { seed: 1 },
  );
});

test("by value: every number is limited on its own", () => {
  fc.assert(
    fc.property(arrays, (gradients) => {
      const before = gradients.map((g) => g.slice());
      const { isClipped } = clipGradients({ kind: "value", limit: 0.5 }, gradients);
      assert.equal(
        isClipped,
        before.some((g) => g.some((v) => Math.abs(v) > 0.5)),
      );
      const wanted = before.map((g) => g.map((v) => Math.min(0.5, Math.max(-0.5, v))));
      assert.deepEqual(gradients, wanted);
    }),
    { seed: 2 },
  );
});

test("gradients that are not finite stay visible; none changes nothing", () => {
  const broken = [Float32Array.of(1, Number.NaN), Float32Array.of(Number.POSITIVE_INFINITY)];
  const before = structuredClone(broken);
  assert.ok(Number.isNaN(clipGradients({ kind: "norm", limit: 1 }, broken).norm));
  assert.deepEqual(broken, before);
  const large = [Float32Array.of(3, 4)];
  assert.deepEqual(clipGradients({ kind: "none" }, large), { norm: 5, isClipped: false });
  assert.deepEqual(large, [Float32Array.of(3, 4)]);
});

test("a limit that is not above 0 is refused", () => {
  for (const limit of [0, -1, Number.NaN]) {
    assert.throws(
      () => clipGradients({ kind: "norm", limit }, []),
      (error: UserError) => {
        assert.deepEqual(
          [error.code, error.message],
          ["training/clip-limit", `clip "norm": expected a limit above 0, got ${limit}`],
        );
        return true;
      },
    );
  }
});
