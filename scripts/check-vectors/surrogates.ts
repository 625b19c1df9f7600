// Surrogate derivatives on a grid, and what fires exactly at the threshold. Entries are named by the framework, possibly with a
// suffix for other parameters ("atan_alpha5").
import { surrogateExpression, type Surrogate } from "../../src/compute/index.ts";
import { UserError } from "../../src/base/index.ts";
import { above, atLeast, constant, evaluateFloat, reference } from "../../src/model/neuron/index.ts";
import type { Checker, Comparison, VectorFile } from "./checker.ts";
import { compareExactly, compareValues, flatten } from "./compare.ts";
import { readAll } from "./parameters.ts";

type Parameters = Readonly<Record<string, number>>;

/** Frameworks' names and parameters in ours. */
const namesOf: Readonly<Record<string, (p: Parameters) => Surrogate>> = {
  atan: ({ alpha = 2 }) => ({ kind: "arctan", alpha }),
  fast_sigmoid: ({ slope = 25 }) => ({ kind: "fastSigmoid", slope }),
  sigmoid: ({ slope = 25 }) => ({ kind: "sigmoid", slope }),
  heaviside: () => ({ kind: "step" }),
  straight_through_estimator: () => ({ kind: "straightThrough" }),
  triangular: ({ threshold = 1 }) => ({ kind: "signFlip", threshold }),
  spike_rate_escape: ({ beta = 1, slope = 25 }) => ({ kind: "spikeRateEscape", beta, slope }),
  sparse_fast_sigmoid: ({ slope = 25, B = 1 }) => ({ kind: "sparseFastSigmoid", slope, floor: B }),
  SFS: ({ slope = 25, B = 1 }) => ({ kind: "sparseFastSigmoid", slope, floor: B }),
  Sigmoid: ({ alpha = 4 }) => ({ kind: "sigmoid", slope: alpha }),
  ATan: ({ alpha = 2 }) => ({ kind: "arctan", alpha }),
  PiecewiseQuadratic: ({ alpha = 1 }) => ({ kind: "triangle", width: 1 / alpha }),
  PiecewiseExp: ({ alpha = 1 }) => ({ kind: "exponentialPeak", tau: 1 / alpha }),
  SoftSign: ({ alpha = 2 }) => ({ kind: "softSign", alpha }),
  SuperSpike: ({ alpha = 1 }) => ({ kind: "superSpike", alpha }),
  Erf: ({ alpha = 2 }) => ({ kind: "gaussian", alpha }),
  NonzeroSignLogAbs: ({ alpha = 1 }) => ({ kind: "inverseDistance", alpha }),
  PiecewiseLeakyReLU: ({ w = 1, c = 0.01 }) => ({ kind: "leakyBox", width: w, leak: c }),
  SquarewaveFourierSeries: ({ n = 2, T_period = 8 }) => ({
    kind: "fourier",
    // As measured: the sum of n = 2 has one term.
    terms: n - 1,
    period: T_period,
  }),
  S2NN: ({ alpha = 4, beta = 1 }) => ({ kind: "s2nn", alpha, beta }),
  QPseudoSpike: ({ alpha = 2 }) => ({ kind: "qPseudoSpike", alpha }),
  LeakyKReLU: ({ leak = 0, k = 1 }) => ({ kind: "leakyRamp", leak, slope: k }),
  FakeNumericalGradient: ({ alpha = 0.3 }) => ({ kind: "numerical", alpha }),
  LogTailedReLU: ({ alpha = 0 }) => ({ kind: "logTailedRamp", leak: alpha }),
  Rect: ({ alpha = 1 }) => ({ kind: "boxcar", width: 1 / alpha }),
  DeterministicPass: () => ({ kind: "straightThrough" }),
};

/** Exponentials and powers are those of the neuron language; the frameworks' differ in their last digits. */
const bound = { unit: "relative", bound: 2e-6 } as const;

export const surrogates: Checker = {
  kind: "surrogates",
  accepts: ({ data }) => data["model"] === "surrogate gradients",
  check: (file) => {
    const entries = Object.entries(file.data["surrogates"] as Readonly<Record<string, Entry>>);
    return entries.flatMap(([name, entry]) => checkEntry(file, name, entry));
  },
};

/**
 * A framework's surrogate, possibly with a suffix behind its name, as one of ours.
 * @throws `vectors/unknown-surrogate`; `vectors/parameter` for a parameter that it does not have
 */
export function surrogateNamed(name: string, params: Parameters): Surrogate {
  const known = Object.keys(namesOf)
    .filter((key) => name === key || name.startsWith(`${key}_`))
    .sort((a, b) => b.length - a.length)[0];
  const of = known === undefined ? undefined : namesOf[known];
  if (of === undefined) throw new UserError("vectors/unknown-surrogate", `no surrogate for "${name}"`);
  return readAll(name, params, (watched) => of(watched as Parameters));
}

// ---------------------------------------------------------------------------------------------------------------------

interface Entry {
  readonly params: Parameters;
  readonly forward: readonly number[];
  readonly gradient: readonly number[];
}

function checkEntry({ data }: VectorFile, name: string, { params, forward, gradient }: Entry): Comparison[] {
  const u = flatten(data["u"]);
  const derivative = surrogateExpression(surrogateNamed(name, params));
  const fires = (isStrict(data) ? above : atLeast)(reference("u"), constant(0));
  return [
    compareExactly(
      `${name} fires`,
      u.map((at) => evaluateFloat(fires, { u: at })),
      forward,
    ),
    compareValues(
      name,
      u.map((at) => evaluateFloat(derivative, { u: at })),
      flatten(gradient),
      bound,
    ),
  ];
}

/** snnTorch fires above the threshold, SpikingJelly at it too. @throws `vectors/framework` for any other */
function isStrict(data: VectorFile["data"]): boolean {
  const { framework } = (data["source"] ?? {}) as { readonly framework?: unknown };
  if (framework === "snnTorch" || framework === "SpikingJelly") return framework === "snnTorch";
  throw new UserError("vectors/framework", `whether ${String(framework)} fires at the threshold is not known here`);
}
