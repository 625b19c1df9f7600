import { globalNorm } from "./clip.ts";

/** One layer over one epoch. */
export interface LayerHealth {
  readonly name: string;
  /** Spikes of every neuron, summed over all steps and samples of the epoch. Shape [neuron]. */
  readonly spikeCounts: ArrayLike<number>;
  /** Euclidean norm of the gradient of the layer's weights, mean over the batches; missing for a layer that is not trained. */
  readonly gradientNorm?: number | undefined;
  /** Weights that `gradientNorm` spans. */
  readonly weightCount?: number | undefined;
  /** The decision reads potentials of this layer, so that it need not fire. */
  readonly isReadout?: boolean | undefined;
}

/** One epoch in the numbers that tell whether training is well. */
export interface EpochHealth {
  /** Mean loss. */
  readonly loss: number;
  /** Steps × samples that every neuron saw. */
  readonly chanceCount: number;
  readonly layers: readonly LayerHealth[];
}

export type HealthCode =
  | "health/dead-neurons"
  | "health/saturated-neurons"
  | "health/silent-layer"
  | "health/vanishing-gradient"
  | "health/exploding-gradient"
  | "health/not-finite";

/** Something that keeps a network from learning, and what to do about it. */
export interface HealthFinding {
  readonly code: HealthCode;
  /** Missing where the whole network is meant. */
  readonly layer: string | undefined;
  /** "error": training cannot go on in a useful way. */
  readonly severity: "warning" | "error";
  readonly message: string;
  readonly remedy: string;
}

/** When a finding is made. The defaults are rules of thumb, not taken from a source. */
export interface HealthThresholds {
  /** Share of neurons of a layer that may stay silent for a whole epoch: some always do, and cost a chip nothing. */
  readonly deadShare: number;
  /** A neuron that fires in a larger share of the steps tells nothing by firing. */
  readonly saturatedRate: number;
  /** Share of neurons of a layer that may be saturated. */
  readonly saturatedShare: number;
  /** Root mean square of a layer's gradient, as a share of that of the layer with the largest. */
  readonly vanishingShare: number;
  /** Euclidean norm of a layer's gradient. */
  readonly explodingNorm: number;
}

export const healthThresholds: HealthThresholds = {
  deadShare: 0.25,
  saturatedRate: 0.95,
  saturatedShare: 0.05,
  vanishingShare: 1e-4,
  explodingNorm: 1e3,
};

/** Everything wrong with an epoch, errors first; empty when it is well. */
export function checkHealth(
  epoch: EpochHealth,
  thresholds: HealthThresholds = healthThresholds,
): readonly HealthFinding[] {
  const findings = [
    ...notFinite(epoch),
    ...epoch.layers.flatMap((layer) => firing(layer, epoch.chanceCount, thresholds)),
    ...gradients(epoch.layers, thresholds),
  ];
  const errors = findings.filter(({ severity }) => severity === "error");
  return [...errors, ...findings.filter(({ severity }) => severity === "warning")];
}

/** Gradient norm and weight count of a layer from its arrays, for `LayerHealth`. */
export function gradientHealth(
  gradients: readonly Float32Array[],
): Required<Pick<LayerHealth, "gradientNorm" | "weightCount">> {
  return { gradientNorm: globalNorm(gradients), weightCount: gradients.reduce((sum, { length }) => sum + length, 0) };
}

// ---------------------------------------------------------------------------------------------------------------------

function notFinite({ loss, layers }: EpochHealth): HealthFinding[] {
  const remedy = "lower the learning rate, clip gradients by norm, or use a flatter surrogate";
  const ofLoss: HealthFinding[] = Number.isFinite(loss)
    ? []
    : [{ code: "health/not-finite", layer: undefined, severity: "error", message: `the loss is ${loss}`, remedy }];
  const broken = layers.filter(({ gradientNorm = 0 }) => !Number.isFinite(gradientNorm));
  return [
    ...ofLoss,
    ...broken.map(({ name, gradientNorm }): HealthFinding => {
      const message = `layer "${name}": the norm of the gradient is ${gradientNorm}`;
      return { code: "health/not-finite", layer: name, severity: "error", message, remedy };
    }),
  ];
}

function firing(layer: LayerHealth, chanceCount: number, thresholds: HealthThresholds): HealthFinding[] {
  const { name, isReadout = false } = layer;
  const counts = Array.from(layer.spikeCounts);
  if (isReadout || counts.length === 0 || chanceCount === 0) return [];
  const dead = counts.filter((count) => count === 0).length;
  const saturated = counts.filter((count) => count > thresholds.saturatedRate * chanceCount).length;
  if (dead === counts.length) {
    const message = `layer "${name}": none of its ${dead} neurons fired in this epoch; nothing behind it can learn`;
    const remedy = "raise the input gain or the initial weights, or lower the threshold";
    return [{ code: "health/silent-layer", layer: name, severity: "error", message, remedy }];
  }
  const findings: HealthFinding[] = [];
  if (dead > thresholds.deadShare * counts.length) {
    const message = `layer "${name}": ${shareText(dead, counts.length)} never fired in this epoch`;
    const remedy = `add the loss "rate-band", raise the initial weights, lower the threshold, or make the layer smaller`;
    findings.push({ code: "health/dead-neurons", layer: name, severity: "warning", message, remedy });
  }
  if (saturated > thresholds.saturatedShare * counts.length) {
    const rate = `${percent(thresholds.saturatedRate)} of the steps`;
    const message = `layer "${name}": ${shareText(saturated, counts.length)} fired in more than ${rate}`;
    const remedy = `add the loss "l1-rate" or "rate-band", lower the initial weights, or raise the threshold`;
    findings.push({ code: "health/saturated-neurons", layer: name, severity: "warning", message, remedy });
  }
  return findings;
}

function gradients(layers: readonly LayerHealth[], thresholds: HealthThresholds): HealthFinding[] {
  const sizes = layers.map(({ gradientNorm = Number.NaN, weightCount = 1 }) => gradientNorm / Math.sqrt(weightCount));
  const largest = Math.max(0, ...sizes.filter((size) => Number.isFinite(size)));
  return layers.flatMap(({ name, gradientNorm = Number.NaN }, l): HealthFinding[] => {
    if (!Number.isFinite(gradientNorm)) return [];
    if (gradientNorm > thresholds.explodingNorm) {
      const message = `layer "${name}": gradient norm ${short(gradientNorm)} exceeds ${short(thresholds.explodingNorm)}`;
      const remedy = "clip gradients by norm, detach the reset, or use fewer steps";
      return [{ code: "health/exploding-gradient", layer: name, severity: "warning", message, remedy }];
    }
    const share = largest === 0 ? 0 : (sizes[l] ?? 0) / largest;
    if (share >= thresholds.vanishingShare) return [];
    const message =
      gradientNorm === 0
        ? `layer "${name}": the gradient is zero`
        : `layer "${name}": its gradient is ${short(share)} of the largest of all layers, per weight`;
    const remedy = "use a wider surrogate or fewer layers, or wake silent neurons behind this layer";
    const severity = gradientNorm === 0 ? "error" : "warning";
    return [{ code: "health/vanishing-gradient", layer: name, severity, message, remedy }];
  });
}

function shareText(part: number, whole: number): string {
  return `${part} of ${whole} neurons (${percent(part / whole)})`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function short(value: number): string {
  return value.toPrecision(2);
}
