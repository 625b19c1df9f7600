import { UserError } from "../../base/index.ts";

export type ClipSpec =
  | { readonly kind: "none" }
  /** Every number into −limit…limit. */
  | { readonly kind: "value"; readonly limit: number }
  /** All arrays scaled together, so that their common Euclidean norm is at most `limit`; the direction stays. */
  | { readonly kind: "norm"; readonly limit: number };

/**
 * Limit the gradients of one step; writes them. Sums run in the order of the arrays, in double precision, so that the result
 * is the same everywhere. Gradients that are not finite stay as they are, for the health checks to see.
 *
 * @returns The Euclidean norm over all arrays before clipping, and whether anything was clipped.
 * @throws  `training/clip-limit`
 * @source  torch.nn.utils.clip_grad_norm_ and clip_grad_value_, without the 1e-6 that PyTorch adds to the norm
 */
export function clipGradients(
  spec: ClipSpec,
  gradients: readonly Float32Array[],
): { readonly norm: number; readonly isClipped: boolean } {
  const norm = globalNorm(gradients);
  if (spec.kind === "none") return { norm, isClipped: false };
  const { kind, limit } = spec;
  if (!(limit > 0)) {
    throw new UserError("training/clip-limit", `clip "${kind}": expected a limit above 0, got ${limit}`);
  }
  if (!Number.isFinite(norm)) return { norm, isClipped: false };
  if (kind === "value") return { norm, isClipped: limitValues(gradients, limit) };
  if (norm <= limit) return { norm, isClipped: false };
  const share = limit / norm;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) * share;
  }
  return { norm, isClipped: true };
}

/** Euclidean norm over all arrays together. */
export function globalNorm(arrays: readonly Float32Array[]): number {
  let sum = 0;
  for (const array of arrays) for (const value of array) sum += value * value;
  return Math.sqrt(sum);
}

// ---------------------------------------------------------------------------------------------------------------------

function limitValues(gradients: readonly Float32Array[], limit: number): boolean {
  let isClipped = false;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) {
      const value = gradient[i] ?? 0;
      if (Math.abs(value) <= limit) continue;
      gradient[i] = Math.sign(value) * limit;
      isClipped = true;
    }
  }
  return isClipped;
}
