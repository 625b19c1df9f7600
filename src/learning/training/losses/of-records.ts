import { BugError } from "../../../base/index.ts";
import { computeLoss, losses, type LossSpec, type MixedPart } from "./losses.ts";
import type { Labels, OutputKind, OutputRecord } from "./record.ts";

/** Spikes and potentials of the same batch; a record that no part reads may be missing. */
export type OutputRecords = { readonly [Kind in OutputKind]?: OutputRecord | undefined };

/** Loss with its derivative by every record that was read. */
export interface RecordGradients {
  readonly loss: number;
  readonly gradients: { readonly [Kind in OutputKind]?: Float32Array };
}

/**
 * Which records a loss reads.
 * @param readout  The output that decides: losses that understand both kinds read this one.
 */
export function recordsNeeded(spec: LossSpec, readout: OutputKind): readonly OutputKind[] {
  return [...new Set(partsOf({ weight: 1, loss: spec }).map((part) => kindOf(part, readout)))];
}

/**
 * Loss of one batch whose parts may read different records, for example a cross-entropy on potentials with a penalty on
 * spikes.
 * @param readout  The output that decides: losses that understand both kinds read this one.
 * @throws As `computeLoss`; a BugError when a record of `recordsNeeded` is missing.
 */
export function computeLossOfRecords(
  spec: LossSpec,
  records: OutputRecords,
  labels: Labels,
  readout: OutputKind,
): RecordGradients {
  const parts = partsOf({ weight: 1, loss: spec });
  let loss = 0;
  const gradients: { [Kind in OutputKind]?: Float32Array } = {};
  for (const kind of recordsNeeded(spec, readout)) {
    const record = records[kind];
    if (record === undefined) throw new BugError(`loss "${spec.kind}" needs a record of ${kind}, which is missing`);
    const own = parts.filter((part) => kindOf(part, readout) === kind);
    const result = computeLoss({ kind: "mixed", parts: own }, record, labels);
    loss += result.loss;
    gradients[kind] = result.gradient;
  }
  return { loss, gradients };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Mixed losses taken apart, weights multiplied, the outermost `of` first. */
function partsOf({ weight, loss, of }: MixedPart): readonly MixedPart[] {
  if (loss.kind !== "mixed") return [{ weight, loss, of }];
  return loss.parts.flatMap((part) => partsOf({ ...part, weight: weight * part.weight, of: of ?? part.of }));
}

function kindOf({ loss, of }: MixedPart, readout: OutputKind): OutputKind {
  const { accepts } = losses[loss.kind];
  return of ?? (accepts.includes(readout) ? readout : (accepts[0] ?? readout));
}
