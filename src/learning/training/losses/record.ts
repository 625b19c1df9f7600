import type { Problem } from "../../../base/index.ts";
import type { NumberOption } from "../number-option.ts";

/** What an output record holds: spikes (0, 1, or graded) or membrane potentials. */
export type OutputKind = "spikes" | "potential";

/** All that the output layer did with one batch. */
export interface OutputRecord {
  readonly kind: OutputKind;
  readonly stepCount: number;
  readonly sampleCount: number;
  /** Output neurons: one per class, or several with a population code (`neuronsPerClass`). */
  readonly classCount: number;
  /** Shape [step, sample, class]. */
  readonly values: Float32Array;
}

/** Loss of a batch and its derivative by every value of the record; computed in double precision, rounded once. */
export interface LossGradient {
  /** Mean over the batch where the loss does not say otherwise. */
  readonly loss: number;
  /** Shape [step, sample, class]. */
  readonly gradient: Float32Array;
}

/** Class of every sample. Shape [sample]. */
export type Labels = ArrayLike<number>;

/** One loss: which records it understands, its options, and its value with gradient. */
export interface LossDefinition<Spec> {
  readonly summary: string;
  readonly accepts: readonly OutputKind[];
  readonly needsLabels: boolean;
  /** Numeric options by name; all other options are checked by `problems`. */
  readonly options: Readonly<Record<string, NumberOption>>;
  /** What is wrong beyond the ranges of `options`; `path` leads to the specification. */
  problems?(spec: Spec, path: string): readonly Problem[];
  /** `record` and `labels` are checked already. */
  evaluate(spec: Spec, record: OutputRecord, labels: Labels): LossGradient;
}

/** Option of every cross-entropy. */
export const labelSmoothingOption: NumberOption = {
  from: 0,
  to: 1,
  byDefault: 0,
  meaning: "share of the target that is spread evenly over all classes",
};

/** Option of losses that understand a population code. */
export const neuronsPerClassOption: NumberOption = {
  from: 1,
  to: 1_000_000,
  isInteger: true,
  byDefault: 1,
  meaning: "neighboring output neurons that vote together for one class",
};

/**
 * Sums over steps and over the neurons of a class.
 * @returns Shape [sample, class] with `classCount / neuronsPerClass` classes.
 */
export function sumOverSteps(record: OutputRecord, neuronsPerClass: number): Float64Array {
  const { values, stepCount, sampleCount, classCount } = record;
  const sums = new Float64Array((sampleCount * classCount) / neuronsPerClass);
  let at = 0;
  for (let step = 0; step < stepCount; step++) {
    for (let i = 0; i < sums.length; i++) {
      for (let neuron = 0; neuron < neuronsPerClass; neuron++) sums[i] = (sums[i] ?? 0) + (values[at++] ?? 0);
    }
  }
  return sums;
}

/**
 * The derivative by every value, from the derivative by the sums of `sumOverSteps`: every value counts alike.
 * @param gradient  Shape [sample, class].
 * @returns         Shape [step, sample, class] of the record.
 */
export function spreadOverSteps(record: OutputRecord, gradient: Float64Array, neuronsPerClass: number): Float32Array {
  const ofStep = new Float32Array(gradient.length * neuronsPerClass);
  gradient.forEach((g, i) => ofStep.fill(g, i * neuronsPerClass, (i + 1) * neuronsPerClass));
  const all = new Float32Array(record.values.length);
  for (let step = 0; step < record.stepCount; step++) all.set(ofStep, step * ofStep.length);
  return all;
}
