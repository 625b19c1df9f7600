import type { ScheduleSpec } from "./schedules.ts";

/** What reduce-on-plateau remembers between epochs; plain data for checkpoints. */
export interface PlateauState {
  /** Share of the full rate in force. */
  readonly share: number;
  /** The best value seen; undefined before the first. */
  readonly best: number | undefined;
  readonly epochsWithoutProgress: number;
  readonly cooldownLeft: number;
}

/** Before the first epoch. */
export const initialPlateau: PlateauState = { share: 1, best: undefined, epochsWithoutProgress: 0, cooldownLeft: 0 };

/**
 * The state after an epoch.
 * @param value  Loss or accuracy, as `watch` says; NaN is never progress.
 * @source torch.optim.lr_scheduler.ReduceLROnPlateau with a relative threshold
 */
export function observePlateau(
  spec: Extract<ScheduleSpec, { readonly kind: "plateau" }>,
  state: PlateauState,
  value: number,
): PlateauState {
  const { watch = "loss", factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, floor = 0 } = spec;
  const limit = state.best === undefined ? undefined : state.best * (watch === "loss" ? 1 - threshold : 1 + threshold);
  const isBetter = !Number.isNaN(value) && (limit === undefined || (watch === "loss" ? value < limit : value > limit));
  const best = isBetter ? value : state.best;
  const isCooling = state.cooldownLeft > 0;
  const epochsWithoutProgress = isBetter || isCooling ? 0 : state.epochsWithoutProgress + 1;
  if (epochsWithoutProgress > patience) {
    return { share: Math.max(floor, state.share * factor), best, epochsWithoutProgress: 0, cooldownLeft: cooldown };
  }
  return { share: state.share, best, epochsWithoutProgress, cooldownLeft: Math.max(0, state.cooldownLeft - 1) };
}
