import { UserError } from "../../../base/index.ts";
import { losses, type LossSpec } from "./losses.ts";

/**
 * The loss of neurons that vote together, so many for a class; what a loss says itself stays.
 * @throws `training/population-loss` for a loss that knows classes but no populations
 */
export function populationLoss(loss: LossSpec, neuronsPerClass: number): LossSpec {
  if (neuronsPerClass === 1) return loss;
  if (loss.kind === "mixed") {
    const parts = loss.parts.map((part) => ({ ...part, loss: populationLoss(part.loss, neuronsPerClass) }));
    return { ...loss, parts };
  }
  const { options, needsLabels } = losses[loss.kind];
  if (Object.hasOwn(options, "neuronsPerClass")) return { neuronsPerClass, ...loss } as LossSpec;
  if (!needsLabels) return loss;
  const known = Object.entries(losses).filter(([, definition]) => Object.hasOwn(definition.options, "neuronsPerClass"));
  throw new UserError(
    "training/population-loss",
    `loss "${loss.kind}": ${neuronsPerClass} neurons vote for a class, which this loss does not know`,
    { hint: `use one of ${known.map(([kind]) => kind).join(", ")}`, exit: "unsupported" },
  );
}
