// Gradients of a neuron that only leaks obey D[t] = E[t] + decay · D[t + 1], where E is what this step's spike adds. Weights are
// linear, so Wᵀ D[t] = Wᵀ E[t] + decay · Wᵀ D[t + 1]: multiply E, which is zero wherever the surrogate or the pooling above is, and
// let the input gradient leak instead. Exact for one state, a decay that all neurons share, and a reset that is detached and
// subtracts; not where the winners of a maximum route the current, nor where normalization couples a batch.

import { operands, reference, type Expression, type Neuron } from "../../../model/neuron/index.ts";
import type { Tape } from "../tape.ts";
import type { ConvolutionShape } from "./shape.ts";

export interface InputRecursion {
  /** E as an expression of `gradient.spike` and the tape. */
  readonly added: Expression;
  readonly decay: number;
}

/** How a layer's input gradient can be made from E alone; undefined where it cannot. */
export function inputRecursion(
  { layer, window }: Pick<ConvolutionShape, "layer" | "window">,
  { state }: Neuron,
  { gradients }: Tape,
): InputRecursion | undefined {
  const [own] = state;
  const current = gradients["input"];
  if (state.length !== 1 || own === undefined || current?.op !== "add") return undefined;
  if (window.kind === "max" && window.size > 1) return undefined;
  if (layer.normalization !== undefined) return undefined;
  const carried = reference(`gradient.${own}`);
  const added = current.a === carried ? current.b : current.b === carried ? current.a : undefined;
  if (added === undefined || mentions(added, carried)) return undefined;
  const earlier = gradients[own];
  const decay = earlier === undefined ? undefined : factorOf(earlier, current);
  if (decay === undefined) return undefined;
  if (decay === 1) return { added, decay: 1 };
  const value = layer.neuronParameters?.[decay] === undefined ? layer.neuron.parameters[decay] : undefined;
  return value === undefined ? undefined : { added, decay: value };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The name of the parameter that `product` multiplies `part` with; 1 when they are the same. */
function factorOf(product: Expression, part: Expression): string | 1 | undefined {
  if (product === part) return 1;
  if (product.op !== "mul") return undefined;
  const other = product.a === part ? product.b : product.b === part ? product.a : undefined;
  return other?.op === "reference" ? other.name : undefined;
}

function mentions(root: Expression, part: Expression): boolean {
  return root === part || operands(root).some((operand) => mentions(operand, part));
}
