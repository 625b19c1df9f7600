import { signedBits } from "../../base/index.ts";
import { integerOrder, type IntegerNeuron } from "../../model/neuron/index.ts";
import { signedDigits } from "../rtl/index.ts";

/**
 * The adders that one update of a neuron exercises, as the generated datapath builds them: constant products are shifts and
 * additions, a comparison is a subtraction, choosing and saturating are free of carries. Grouped by width.
 */
export function updateAdditions(neuron: IntegerNeuron): readonly { readonly bits: number; readonly count: number }[] {
  const byWidth = new Map<number, number>();
  for (const node of integerOrder([neuron.spike, ...Object.values(neuron.next)])) {
    let count = 0;
    let bits = signedBits(node);
    if (node.op === "add" || node.op === "sub") count = 1;
    else if (node.op === "above") {
      count = 1;
      bits = Math.max(signedBits(node.a), signedBits(node.b));
    } else if (node.op === "mul") {
      const factor = node.a.op === "constant" ? node.a.value : node.b.op === "constant" ? node.b.value : undefined;
      count = factor === undefined ? bits : Math.max(0, signedDigits(factor).length - 1);
    }
    if (count > 0) byWidth.set(bits, (byWidth.get(bits) ?? 0) + count);
  }
  return Array.from(byWidth, ([bits, count]) => ({ bits, count })).sort((a, b) => a.bits - b.bits);
}

/** Bits of two-way choices in one update: selects and saturations. */
export function updateChoiceBits(neuron: IntegerNeuron): number {
  return integerOrder([neuron.spike, ...Object.values(neuron.next)]).reduce(
    (bits, node) => bits + (node.op === "select" || node.op === "clamp" ? signedBits(node) : 0),
    0,
  );
}
