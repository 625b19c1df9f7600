import { quantizeValue, type Quantizer } from "../../model/tensor/index.ts";

/**
 * What the forward pass sees of a master weight: pruned, then on the quantizer's grid. The gradient of that goes to the master
 * unchanged (straight through).
 *
 * @param target  Written. Same shape as `master`.
 */
export function effectiveWeights(
  master: Float32Array,
  target: Float32Array,
  transform: { readonly mask: Uint8Array | undefined; readonly quantizer: Quantizer | undefined },
): void {
  const { mask, quantizer } = transform;
  for (let i = 0; i < master.length; i++) {
    const kept = mask === undefined || mask[i] === 1 ? (master[i] ?? 0) : 0;
    target[i] = quantizer === undefined ? kept : quantizeValue(quantizer, kept) * quantizer.scale;
  }
}
