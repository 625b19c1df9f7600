import type { Problem } from "../../base/index.ts";
import { rangeProblems, type NumberOption } from "./number-option.ts";
import type { PlateauState } from "./plateau.ts";

/** Shares of the learning rate over the course of training, after the warm-up; lengths are in epochs, also broken ones. */
export type ScheduleSpec = (
  | { readonly kind: "constant" }
  /**
   * Half a cosine from the full rate to `floor`. With `period` it starts anew after so many epochs, each time `stretch` times
   * longer; without, it spans all epochs.
   * @source torch.optim.lr_scheduler.CosineAnnealingLR and CosineAnnealingWarmRestarts
   */
  | {
      readonly kind: "cosine";
      readonly floor?: number | undefined;
      readonly period?: number | undefined;
      readonly stretch?: number | undefined;
    }
  /** Times `factor` after every `every` epochs. */
  | { readonly kind: "step"; readonly every: number; readonly factor?: number | undefined }
  /** Times `factor` at each of these epochs, counted from 0. */
  | { readonly kind: "multi-step"; readonly at: readonly number[]; readonly factor?: number | undefined }
  /** Times `factor` in every epoch. */
  | { readonly kind: "exponential"; readonly factor: number }
  /** Times `factor` when `patience` epochs brought nothing better; see `observePlateau`. */
  | {
      readonly kind: "plateau";
      readonly watch?: "loss" | "accuracy" | undefined;
      readonly factor?: number | undefined;
      readonly patience?: number | undefined;
      readonly threshold?: number | undefined;
      readonly cooldown?: number | undefined;
      readonly floor?: number | undefined;
    }
) & {
  /** Epochs in which the rate rises in a straight line to the full rate; the schedule itself begins after them. */
  readonly warmUp?: number | undefined;
};

/** Where training stands, before one step. */
export interface TrainingPosition {
  /** Counted from 1. */
  readonly epoch: number;
  /** Within the epoch, counted from 0. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Epochs in all. */
  readonly epochs: number;
  /** Needed by "plateau" only; missing means that nothing was observed. */
  readonly plateauState?: PlateauState | undefined;
}

const factor: NumberOption = { from: 0, to: 1, byDefault: 0.1, meaning: "share of the rate that is kept" };
const floor: NumberOption = { from: 0, to: 1, byDefault: 0, meaning: "share of the full rate that is never undercut" };
const epochCount: NumberOption = { from: 0, to: 1e6, byDefault: 0, meaning: "epochs" };
const shortest = 1e-3;
/** A broken warm-up leaves epochs that are whole only up to rounding. */
const nearly = 1e-9;

/** The numbers of every schedule with their ranges and defaults. */
export const schedules: { readonly [Kind in ScheduleSpec["kind"]]: Readonly<Record<string, NumberOption>> } = {
  constant: { warmUp: epochCount },
  cosine: {
    warmUp: epochCount,
    floor,
    period: { ...epochCount, from: shortest, meaning: "epochs until the first restart" },
    stretch: { from: 1, to: 1e3, byDefault: 1, meaning: "every period is so many times longer than the last" },
  },
  step: { warmUp: epochCount, factor, every: { ...epochCount, from: shortest, meaning: "epochs between two falls" } },
  "multi-step": { warmUp: epochCount, factor },
  exponential: { warmUp: epochCount, factor },
  plateau: {
    warmUp: epochCount,
    factor,
    floor,
    patience: {
      from: 0,
      to: 1e6,
      isInteger: true,
      byDefault: 10,
      meaning: "epochs without progress that are forgiven",
    },
    threshold: { from: 0, to: 1, byDefault: 1e-4, meaning: "relative change that counts as progress" },
    cooldown: { from: 0, to: 1e6, isInteger: true, byDefault: 0, meaning: "epochs after a fall that are not judged" },
  },
};

/** Everything wrong with the options of a schedule; `path` leads to it in the user's document. */
export function scheduleProblems(spec: ScheduleSpec, path = `schedule "${spec.kind}"`): readonly Problem[] {
  const code = "training/schedule-option";
  const ranges = rangeProblems(schedules[spec.kind], spec, { path, code });
  if (spec.kind !== "multi-step") return ranges;
  const isRising = spec.at.every((epoch, i) => epoch >= 0 && epoch > (spec.at[i - 1] ?? -1));
  if (isRising) return ranges;
  const message = `expected rising epochs from 0, got ${spec.at.join(", ")}`;
  return [...ranges, { code, path: `${path}.at`, message }];
}

/** The learning rate of one step. */
export function rateAt(spec: ScheduleSpec, learningRate: number, position: TrainingPosition): number {
  const { epoch, step, stepsPerEpoch, epochs, plateauState } = position;
  const { warmUp = 0 } = spec;
  const elapsed = epoch - 1 + step / stepsPerEpoch;
  // The first step has a share of the rate, not none, so that no step is lost; as many steps rise as the warm-up holds.
  if (elapsed < warmUp) return learningRate * Math.min(1, (elapsed + 1 / stepsPerEpoch) / warmUp);
  return learningRate * shareAt(spec, elapsed - warmUp, epochs - warmUp, plateauState);
}

// ---------------------------------------------------------------------------------------------------------------------

/** @param elapsed, length  Epochs since the warm-up, and in all after it. */
function shareAt(spec: ScheduleSpec, elapsed: number, length: number, plateauState: PlateauState | undefined): number {
  switch (spec.kind) {
    case "constant":
      return 1;
    case "cosine": {
      const { floor = 0, period = length, stretch = 1 } = spec;
      const progress = spec.period === undefined ? Math.min(1, elapsed / length) : phaseOf(elapsed, period, stretch);
      return floor + ((1 - floor) * (1 + Math.cos(Math.PI * progress))) / 2;
    }
    case "step":
      return (spec.factor ?? 0.1) ** Math.floor(elapsed / spec.every + nearly);
    case "multi-step":
      return (spec.factor ?? 0.1) ** spec.at.filter((epoch) => elapsed + nearly >= epoch).length;
    case "exponential":
      return spec.factor ** Math.floor(elapsed + nearly);
    case "plateau":
      return plateauState?.share ?? 1;
    default:
      return spec satisfies never;
  }
}

/** Share of the running period that is over, 0…1. */
function phaseOf(elapsed: number, period: number, stretch: number): number {
  let start = 0;
  let length = period;
  if (stretch === 1) return (elapsed % period) / period;
  while (elapsed - start >= length) {
    start += length;
    length *= stretch;
  }
  return (elapsed - start) / length;
}
