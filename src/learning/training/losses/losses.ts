import { throwProblems, UserError, type Problem } from "../../../base/index.ts";
import { ceMaxPotential, type CeMaxPotential } from "./ce-max-potential.ts";
import { ceRate, type CeRate } from "./ce-rate.ts";
import { ceTemporal, type CeTemporal } from "./ce-temporal.ts";
import { crossEntropy, type CrossEntropy } from "./cross-entropy.ts";
import { l1Rate, type L1Rate } from "./l1-rate.ts";
import { mseCount, type MseCount } from "./mse-count.ts";
import { msePotential, type MsePotential } from "./mse-potential.ts";
import { mseRate, type MseRate } from "./mse-rate.ts";
import { mseTemporal, type MseTemporal } from "./mse-temporal.ts";
import { rateBand, type RateBand } from "./rate-band.ts";
import { rangeProblems } from "../number-option.ts";
import type { Labels, LossDefinition, LossGradient, OutputKind, OutputRecord } from "./record.ts";
import { similarity, type Similarity } from "./similarity.ts";
import { tet, type Tet } from "./tet.ts";

/** A weighted sum of losses. */
export interface Mixed {
  readonly kind: "mixed";
  readonly parts: readonly MixedPart[];
}

export interface MixedPart {
  readonly weight: number;
  readonly loss: LossSpec;
  /** The record that this part reads; default: the one that decides, if the loss understands it (`computeLossOfRecords`). */
  readonly of?: OutputKind | undefined;
}

/** A loss by name with its options; every option may be left out. */
export type LossSpec =
  | CrossEntropy
  | CeRate
  | CeMaxPotential
  | CeTemporal
  | MseCount
  | MseRate
  | MsePotential
  | MseTemporal
  | Tet
  | Similarity
  | L1Rate
  | RateBand
  | Mixed;

export type LossKind = LossSpec["kind"];

const mixed: LossDefinition<Mixed> = {
  summary: "weighted sum of losses",
  accepts: ["spikes", "potential"],
  needsLabels: false,
  options: {},
  problems({ parts }, path) {
    if (parts.length === 0) {
      return [{ code: "training/loss-option", path: `${path}.parts`, message: "expected at least one part, got none" }];
    }
    return parts.flatMap(({ weight, loss }, i) => {
      const here = `${path}.parts[${i}]`;
      const message = `expected a finite number, got ${weight}`;
      const own = Number.isFinite(weight) ? [] : [{ code: "training/loss-option", path: `${here}.weight`, message }];
      return [...own, ...lossProblems(loss, `${here}.loss`)];
    });
  },
  evaluate({ parts }, record, labels) {
    let loss = 0;
    const sum = new Float64Array(record.values.length);
    for (const part of parts) {
      if (part.of !== undefined && part.of !== record.kind) throw wrongKind(part.loss, part.of, record.kind);
      const result = computeLoss(part.loss, record, labels);
      loss += part.weight * result.loss;
      result.gradient.forEach((g, i) => {
        sum[i] = (sum[i] ?? 0) + part.weight * g;
      });
    }
    return { loss, gradient: Float32Array.from(sum) };
  },
};

/** Every loss by name. */
export const losses: { readonly [Kind in LossKind]: LossDefinition<Extract<LossSpec, { readonly kind: Kind }>> } = {
  "cross-entropy": crossEntropy,
  "ce-rate": ceRate,
  "ce-max-potential": ceMaxPotential,
  "ce-temporal": ceTemporal,
  "mse-count": mseCount,
  "mse-rate": mseRate,
  "mse-potential": msePotential,
  "mse-temporal": mseTemporal,
  tet,
  similarity,
  "l1-rate": l1Rate,
  "rate-band": rateBand,
  mixed,
};

/**
 * Loss of one batch with its gradient.
 * @param labels  Class of every sample; may be empty for losses that need none. Shape [sample].
 * @throws `training/loss-option`, `training/record-shape`, `training/record-kind`, `training/label-range`
 */
export function computeLoss(spec: LossSpec, record: OutputRecord, labels: Labels): LossGradient {
  throwProblems(lossProblems(spec));
  checkRecord(spec, record, labels);
  return definitionOf(spec).evaluate(spec, record, labels);
}

/** Everything wrong with the options of a loss; `path` leads to it in the user's document. */
export function lossProblems(spec: LossSpec, path = `loss "${spec.kind}"`): readonly Problem[] {
  const definition = definitionOf(spec);
  const ranges = rangeProblems(definition.options, spec, { path, code: "training/loss-option" });
  return [...ranges, ...(definition.problems?.(spec, path) ?? [])];
}

// ---------------------------------------------------------------------------------------------------------------------

/** The table pairs every name with its own type; TypeScript cannot follow that through an index of a union. */
function definitionOf(spec: LossSpec): LossDefinition<LossSpec> {
  return losses[spec.kind] as LossDefinition<LossSpec>;
}

function wrongKind(spec: LossSpec, needed: string, got: OutputKind): UserError {
  const message = `loss "${spec.kind}": needs a record of ${needed}, got ${got}`;
  return new UserError("training/record-kind", message, { hint: "choose another loss, or record the other output" });
}

function checkRecord(spec: LossSpec, record: OutputRecord, labels: Labels): void {
  const { kind, stepCount, sampleCount, classCount, values } = record;
  const where = `loss "${spec.kind}"`;
  const { accepts, needsLabels } = definitionOf(spec);
  if (!accepts.includes(kind)) {
    throw wrongKind(spec, accepts.join(" or "), kind);
  }
  const size = stepCount * sampleCount * classCount;
  if (size === 0 || values.length !== size) {
    const shape = `${stepCount} steps × ${sampleCount} samples × ${classCount} outputs`;
    throw new UserError("training/record-shape", `${where}: expected ${shape}, not empty, got ${values.length} values`);
  }
  const neuronsPerClass = "neuronsPerClass" in spec ? (spec.neuronsPerClass ?? 1) : 1;
  if (classCount % neuronsPerClass !== 0) {
    const message = `${where}: ${classCount} outputs cannot be shared out to classes of ${neuronsPerClass} neurons`;
    throw new UserError("training/record-shape", message);
  }
  if (!needsLabels) return;
  if (labels.length !== sampleCount) {
    throw new UserError("training/record-shape", `${where}: ${sampleCount} samples, but ${labels.length} labels`);
  }
  const classes = classCount / neuronsPerClass;
  for (let sample = 0; sample < sampleCount; sample++) {
    const label = labels[sample] ?? -1;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const message = `${where}: sample ${sample}: expected a label from 0 to ${classes - 1}, got ${label}`;
    throw new UserError("training/label-range", message);
  }
}
