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
  /** Targets of the right class and of the others, which a file may leave out: its gradient, a line in each of them, tells. */
  readonly targets?: {
    readonly names: readonly [right: string, wrong: string];
    /** Two allowed values of each. */
    readonly between: (stepCount: number) => readonly [low: number, high: number];
  };
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
    targets: { names: ["correct_rate", "incorrect_rate"], between: () => [0, 1] },
  },
  mse_membrane: {
    reads: "potential",
    spec: ({ on_target: right, off_target: wrong }) => ({
      kind: "mse-potential",
      correctPotential: Number(right),
      incorrectPotential: Number(wrong),
    }),
    targets: { names: ["on_target", "off_target"], between: () => [0, 1] },
  },
  mse_temporal: {
    reads: "spikes",
    spec: ({ on_target: right, off_target: wrong, tolerance = 0 }) => ({
      kind: "mse-temporal",
      correctSteps: [...flatten(right)],
      incorrectSteps: [...flatten(wrong)],
      tolerance: Number(tolerance),
    }),
    targets: { names: ["on_target", "off_target"], between: (stepCount) => [0, stepCount - 1] },
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
  const [value, recorded] = [flatten(entry.value), entry.grad === undefined ? undefined : flatten(entry.grad)];
  const named: Options = { ...(data["params"] as Options), ...entry, ...entry.params };
  const record = recordOf(data, rule.reads);
  const labels = flatten(data["targets"]);
  const found = targetsOf(name, rule, { named, record, labels, recorded });
  const { loss, gradient } = computeLoss(rule.spec({ ...named, ...found }), record, labels);
  const note = Object.entries(found).map(([option, target]) => `${option} ${target}`);
  const source =
    note.length === 0 ? {} : { note: `${note.join(", ")}: not named by the file, found from its gradient` };
  return [
    compareValues(name, [loss], value, { ...boundOf(value), ...source }),
    ...(recorded === undefined ? [] : [compareValues(`${name} gradient`, gradient, recorded, boundOf(recorded))]),
  ];
}

/**
 * Targets that a file does not name.
 * @throws `vectors/targets` where nothing in the file depends on one of them
 */
function targetsOf(
  what: string,
  { spec, targets }: Rule,
  file: {
    readonly named: Options;
    readonly record: OutputRecord;
    readonly labels: Float32Array;
    readonly recorded: Float32Array | undefined;
  },
): Readonly<Record<string, number>> {
  const { named, record, labels, recorded } = file;
  if (targets === undefined) return {};
  const [low, high] = targets.between(record.stepCount);
  const gradientAt = (value: number): Float32Array => {
    const all = Object.fromEntries(targets.names.map((name) => [name, value]));
    return computeLoss(spec({ ...named, ...all }), record, labels).gradient;
  };
  const [from, to] = [gradientAt(low), gradientAt(high)];
  const { classCount, sampleCount } = record;
  return Object.fromEntries(
    targets.names.flatMap((name, which) => {
      if (named[name] !== undefined) return [];
      // Where the gradient moves most, the target is known best.
      let [target, most] = [Number.NaN, 0];
      recorded?.forEach((g, i) => {
        const isRight = i % classCount === labels[Math.floor(i / classCount) % sampleCount];
        const slope = (to[i] ?? 0) - (from[i] ?? 0);
        if (isRight !== (which === 0) || Math.abs(slope) <= most) return;
        most = Math.abs(slope);
        target = low + ((high - low) * (g - (from[i] ?? 0))) / slope;
      });
      if (most > 0) return [[name, Number(target.toPrecision(5))] as const];
      throw new UserError("vectors/targets", `${what}: the file names no ${name}, and its gradient does not tell it`);
    }),
  );
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
  // snnTorch decides by spikes alone: of equal times the lowest class.
  const potentials = new Float32Array(record.values.length);
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
