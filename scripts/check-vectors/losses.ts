// snnTorch's losses on one record of spikes and potentials: value, gradient, and the shares of right decisions. Options have the
// framework's names, in `params` of the file or of a loss.
import { UserError } from "../../src/base/index.ts";
import { computeLoss, type LossSpec, type OutputKind, type OutputRecord } from "../../src/learning/index.ts";
import { accuracyOf, decideClasses, readouts } from "../../src/model/encoding/index.ts";
import type { Checker, Comparison, VectorFile } from "./checker.ts";
import { compareExactly, compareValues, flatten, type Bound } from "./compare.ts";

type Options = Readonly<Record<string, unknown>>;

interface Entry {
  readonly params?: Options;
  readonly value: unknown;
  readonly grad?: unknown;
}

interface Rule {
  readonly reads: OutputKind;
  readonly spec: (options: Options) => LossSpec;
  /** Options that the recorded file does not name; its gradients tell them: 16 and 4 of 20 spikes; 1.05 and 0.2; steps 2 and 0. */
  readonly unnamed?: Options;
}

/** snnTorch's losses and options as ours. */
const rules: Readonly<Record<string, Rule>> = {
  ce_rate: { reads: "spikes", spec: () => ({ kind: "ce-rate" }) },
  ce_count: { reads: "spikes", spec: () => ({ kind: "cross-entropy" }) },
  ce_max_membrane: { reads: "potential", spec: () => ({ kind: "ce-max-potential" }) },
  mse_count: {
    reads: "spikes",
    spec: ({ correct_rate: right, incorrect_rate: wrong }) => ({
      kind: "mse-count",
      correctRate: Number(right),
      incorrectRate: Number(wrong),
    }),
    unnamed: { correct_rate: 0.8, incorrect_rate: 0.2 },
  },
  mse_membrane: {
    reads: "potential",
    spec: ({ on_target: right, off_target: wrong }) => ({
      kind: "mse-potential",
      correctPotential: Number(right),
      incorrectPotential: Number(wrong),
    }),
    unnamed: { on_target: 1.05, off_target: 0.2 },
  },
  mse_temporal: {
    reads: "spikes",
    spec: ({ on_target: right, off_target: wrong, tolerance = 0 }) => ({
      kind: "mse-temporal",
      correctSteps: [...flatten(right)],
      incorrectSteps: [...flatten(wrong)],
      tolerance: Number(tolerance),
    }),
    unnamed: { on_target: 2, off_target: 0 },
  },
  ce_temporal: {
    reads: "spikes",
    spec: ({ inverse = "negate" }) => ({
      kind: "ce-temporal",
      inverse: inverse === "negate" ? "negate" : "reciprocal",
    }),
  },
  l1_rate_sparsity: {
    reads: "spikes",
    spec: ({ Lambda }) => ({ kind: "l1-rate", per: "batch", strength: Number(Lambda) }),
  },
};

export const lossesChecker: Checker = {
  kind: "losses",
  accepts: ({ data }) => data["model"] === "functional.loss",
  check: (file) =>
    Object.entries(file.data["losses"] as Readonly<Record<string, unknown>>).flatMap(([name, entry]) =>
      typeof entry === "number" ? [checkAccuracy(file, name, entry)] : checkLoss(file, name, entry as Entry & Options),
    ),
};

// ---------------------------------------------------------------------------------------------------------------------

function checkLoss({ data }: VectorFile, name: string, entry: Entry & Options): Comparison[] {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) throw new UserError("vectors/unknown-loss", `no loss for "${name}"`);
  const { unnamed = {} } = rule;
  const named: Options = { ...(data["params"] as Options), ...entry, ...entry.params };
  const guessed = Object.keys(unnamed).filter((option) => named[option] === undefined);
  const options = { ...unnamed, ...named };
  const { loss, gradient } = computeLoss(rule.spec(options), recordOf(data, rule.reads), flatten(data["targets"]));
  const note = guessed.map((option) => `${option} ${String(options[option])}`).join(", ");
  const source = note === "" ? {} : { note: `${note}: not named by the file, from its gradients` };
  const [value, recorded] = [flatten(entry.value), entry.grad === undefined ? undefined : flatten(entry.grad)];
  return [
    compareValues(name, [loss], value, { ...boundOf(value), ...source }),
    ...(recorded === undefined ? [] : [compareValues(`${name} gradient`, gradient, recorded, boundOf(recorded))]),
  ];
}

/** The framework computes in single precision: two units in the last place of the largest value. */
function boundOf(recorded: Float32Array): Bound {
  return { unit: "absolute", bound: 2 ** -22 * recorded.reduce((most, x) => Math.max(most, Math.abs(x)), 0) };
}

/** The shares of samples that a readout decides rightly. */
function checkAccuracy({ data }: VectorFile, name: string, share: number): Comparison {
  const kind = { accuracy_rate: "count", accuracy_temporal: "firstSpike" } as const;
  if (!Object.hasOwn(kind, name)) throw new UserError("vectors/unknown-loss", `no readout for "${name}"`);
  const { classCount, ...record } = recordOf(data, "spikes");
  const potentials = recordOf(data, "potential").values;
  const trace = { ...record, neuronCount: classCount, spikes: record.values, potentials };
  const decided = decideClasses(readouts[kind[name as keyof typeof kind]].outputsOf(trace), classCount);
  return compareExactly(name, [accuracyOf(decided, flatten(data["targets"]))], [share]);
}

/** Shape [t][batch][class]. */
function recordOf(data: VectorFile["data"], kind: OutputKind): OutputRecord {
  const steps = data[kind === "spikes" ? "spk" : "mem"] as readonly (readonly (readonly number[])[])[];
  const [samples = []] = steps;
  const shape = { stepCount: steps.length, sampleCount: samples.length, classCount: samples[0]?.length ?? 0 };
  return { kind, ...shape, values: flatten(steps) };
}
