import assert from "node:assert/strict";
import { test } from "node:test";
import { reference, topologicalOrder } from "../model/neuron/index.ts";
import {
  checkSurrogate,
  refusedSurrogates,
  surrogateDefinitions,
  surrogateDerivative,
  surrogateExpression,
  surrogateSupport,
  type Surrogate,
  type SurrogateName,
} from "./index.ts";

const kinds = Object.keys(surrogateDefinitions) as SurrogateName[];

test("derivatives equal their closed forms", () => {
  const closed: readonly (readonly [Surrogate, (u: number) => number])[] = [
    [{ kind: "fastSigmoid", slope: 25 }, (u) => 1 / (1 + 25 * Math.abs(u)) ** 2],
    [{ kind: "arctan" }, (u) => 1 / (1 + (Math.PI * u) ** 2)],
    [{ kind: "arctan", alpha: 4, scale: 1 / (2 * Math.PI) }, (u) => 1 / ((1 + (2 * Math.PI * u) ** 2) * Math.PI)],
    [{ kind: "sigmoid", slope: 25 }, (u) => (25 * Math.exp(-25 * u)) / (1 + Math.exp(-25 * u)) ** 2],
    [{ kind: "triangle", width: 0.5 }, (u) => Math.max(0, 1 - Math.abs(u) / 0.5) / 0.5],
    [{ kind: "boxcar", width: 0.5 }, (u) => (Math.abs(u) < 0.25 ? 2 : 0)],
    [{ kind: "spikeRateEscape" }, (u) => 25 * Math.exp(-Math.abs(u - 1))],
    [{ kind: "exponentialPeak", tau: 0.5, scale: 2 }, (u) => Math.exp(-Math.abs(u) / 0.5) / 0.5],
    [{ kind: "gaussian" }, (u) => (2 / Math.sqrt(Math.PI)) * Math.exp(-4 * u * u)],
    [{ kind: "qPseudoSpike", alpha: 2.5 }, (u) => (1 + (2 * Math.abs(u)) / 1.5) ** -2.5],
    [{ kind: "hyperbolicTangent" }, (u) => 1 - Math.tanh(u) ** 2],
    [{ kind: "circle", alpha: 0.5 }, (u) => (1 + (2 * u) ** 2) ** -1.5],
    [{ kind: "periodicExponential" }, (u) => Math.exp(-(u < 0 ? -u : Math.abs(u - Math.floor(u + 0.5))) / 0.5)],
    [{ kind: "fourier" }, (u) => 0.5 * (Math.cos((2 * Math.PI * u) / 8) + Math.cos((6 * Math.PI * u) / 8))],
  ];
  for (const [surrogate, exact] of closed) {
    for (const u of [0, 0.1, -0.1, 0.3, 1, -1, 1.7, -2.6]) {
      const [got, want] = [surrogateDerivative(surrogate, u), exact(u)];
      assert.ok(
        Math.abs(got - want) <= 2e-6 * Math.max(0.1, Math.abs(want)),
        `${surrogate.kind} at ${u}: ${got}, ${want}`,
      );
    }
  }
});

test("every surrogate is finite everywhere, depends on u alone, and says what it is", () => {
  for (const kind of kinds) {
    for (const u of [0, 1e-9, -1e-9, 1e3, -1e3, 1, -1])
      assert.ok(Number.isFinite(surrogateDerivative({ kind }, u)), kind);
    const references = topologicalOrder([surrogateExpression({ kind })]).filter((node) => node.op === "reference");
    assert.deepEqual(references, kind === "straightThrough" ? [] : [reference("u")], kind);
    assert.deepEqual(checkSurrogate({ kind }, ""), []);
    assert.ok(surrogateDefinitions[kind].formula.length > 0 && surrogateDefinitions[kind].source.length > 3);
  }
});

test("finite support is where the derivative ends", () => {
  const finite = kinds.filter((kind) => surrogateSupport({ kind }) !== undefined);
  assert.deepEqual(finite, ["triangle", "boxcar"]);
  for (const kind of finite) {
    for (const width of [0.25, 1, 3]) {
      const end = surrogateSupport({ kind, width })!;
      for (const sign of [-1, 1]) {
        assert.equal(surrogateDerivative({ kind, width }, sign * end * 1.0001), 0);
        assert.ok(surrogateDerivative({ kind, width }, sign * end * 0.99) > 0);
      }
    }
  }
});

test("what is unknown, refused or out of range says so", () => {
  const message = (surrogate: object): string | undefined => checkSurrogate(surrogate as Surrogate, "s")[0]?.message;
  assert.match(message({ kind: "__proto__" })!, /^no surrogate is called "__proto__"; known: fastSigmoid, arctan/);
  assert.equal(message({ kind: "LSO" }), `"LSO" ${refusedSurrogates["LSO"]}`);
  assert.equal(message({ kind: "triangle", width: 0 }), "expected above 0…1000000, got 0");
  assert.equal(message({ kind: "triangle", slope: 1 }), 'triangle has no parameter "slope"; it has width, scale');
  assert.equal(message({ kind: "arctan", alpha: Number.NaN }), "expected above 0…1000000, got NaN");
});
