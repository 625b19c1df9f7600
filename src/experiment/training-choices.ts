// Losses, optimizers, schedules and gradient limits as a document names them: a bare name, or an object with options. The numbers,
// their ranges and their names come from the tables that the trainer itself reads.

import { z } from "zod";
import { suggestName } from "../base/index.ts";
import {
  activityRegularizers,
  losses,
  optimizers,
  schedules,
  type ActivitySpec,
  type ClipSpec,
  type LossSpec,
  type NormalizationChoice,
  type NumberOption,
  type OptimizerSpec,
  type ScheduleSpec,
} from "../learning/index.ts";

type Shape = Readonly<Record<string, z.ZodType>>;
type Numbers = Readonly<Record<string, NumberOption>>;

const flag = z.boolean().optional();
const steps = z.array(z.int()).min(1).optional();

/** Options that are not single numbers, by kind. */
const lossExtras: Readonly<Record<string, Shape>> = {
  "ce-temporal": { inverse: z.enum(["negate", "reciprocal"]).optional() },
  "mse-temporal": { correctSteps: steps, incorrectSteps: steps },
  similarity: {
    kernel: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("linear") }),
        z.strictObject({ kind: z.literal("polynomial"), degree: z.number() }),
        z.strictObject({ kind: z.literal("sigmoid"), slope: z.number() }),
        z.strictObject({ kind: z.literal("gaussian"), width: z.number().positive() }),
      ])
      .optional(),
    distance: z.enum(["mse", "l1", "bce"]).optional(),
  },
  "l1-rate": { per: z.enum(["sample", "batch"]).optional() },
  mixed: {
    parts: z
      .array(
        z.strictObject({
          weight: z.number(),
          loss: z.lazy((): z.ZodType => lossSchema),
          of: z.enum(["spikes", "potential"]).optional(),
        }),
      )
      .min(1),
  },
};

export const lossSchema: z.ZodType<LossSpec> = choice(
  Object.fromEntries(Object.entries(losses).map(([kind, { options }]) => [kind, options])),
  lossExtras,
);

export const activitySchema: z.ZodType<ActivitySpec> = choice(
  Object.fromEntries(Object.entries(activityRegularizers).map(([kind, { options }]) => [kind, options])),
  {},
);

export const optimizerSchema: z.ZodType<OptimizerSpec> = choice(optimizers, {
  sgd: { nesterov: flag },
  rmsprop: { isCentered: flag },
});

const required = (option: NumberOption | undefined): z.ZodType => numberSchema(option).nonoptional();

export const scheduleSchema: z.ZodType<ScheduleSpec> = choice(schedules, {
  step: { every: required(schedules.step["every"]) },
  "multi-step": { at: z.array(z.number().min(0)).min(1) },
  exponential: { factor: required(schedules.exponential["factor"]) },
  plateau: { watch: z.enum(["loss", "accuracy"]).optional() },
});

export const clipSchema: z.ZodType<ClipSpec> = choice(
  { none: {}, value: {}, norm: {} },
  { value: { limit: z.number().positive() }, norm: { limit: z.number().positive() } },
);

export const normalizationSchema: z.ZodType<NormalizationChoice> = choice(
  { none: {}, batch: {}, threshold: {} },
  { threshold: { alpha: z.number().positive().optional() } },
);

// ---------------------------------------------------------------------------------------------------------------------

/** One of several kinds, each with its own options; a bare name stands for a kind without options. */
function choice<Spec>(
  kinds: Readonly<Record<string, Numbers>>,
  extras: Readonly<Record<string, Shape>>,
): z.ZodType<Spec> {
  const names = Object.keys(kinds);
  const options = Object.entries(kinds).map(([kind, numbers]) => {
    const ranges = Object.entries(numbers).map(([name, option]) => [name, numberSchema(option)] as const);
    const shape: Shape = { kind: z.literal(kind), ...Object.fromEntries(ranges), ...extras[kind] };
    return z.strictObject(shape, {
      error: ({ code, keys }) =>
        code === "unrecognized_keys" && Array.isArray(keys)
          ? `${kind} has no option "${keys.join(", ")}"; ${suggestName(String(keys[0]), Object.keys(shape))}`
          : undefined,
    });
  });
  const [first, ...rest] = options;
  if (first === undefined) throw new TypeError("a choice of nothing");
  const union = z.discriminatedUnion("kind", [first, ...rest], {
    error: ({ code, input }) =>
      code === "invalid_union"
        ? `nothing is called "${kindOf(input)}"; ${suggestName(kindOf(input), names)}`
        : undefined,
  });
  // Names and ranges come from the tables that type the specifications; the compiler cannot follow that through `Object.entries`.
  return z.preprocess(
    (value) => (typeof value === "string" ? { kind: value } : value),
    union,
  ) as z.ZodType as z.ZodType<Spec>;
}

function numberSchema(
  { from, to, isInteger = false }: NumberOption = { from: 0, to: 0, byDefault: 0, meaning: "" },
): z.ZodOptional<z.ZodNumber> {
  const number = z.number().min(from).max(to);
  return (isInteger ? number.int() : number).optional();
}

function kindOf(input: unknown): string {
  return typeof input === "object" && input !== null && "kind" in input ? String(input.kind) : String(input);
}
