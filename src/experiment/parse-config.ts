import { z } from "zod";
import { suggestName, throwProblems, UserError, type Problem } from "../base/index.ts";
import { checkSurrogate, surrogateOf, type SurrogateName } from "../compute/index.ts";
import { families, familyNames, weightStorages } from "../hardware/family/index.ts";
import { defaultScheme, lossProblems, optimizerProblems, scheduleProblems } from "../learning/index.ts";
import { readEncoding, readouts, type Encoding } from "../model/encoding/index.ts";
import { longestDelay, parseShapeText } from "../model/network/index.ts";
import type { Config, ObjectiveName } from "./config.ts";
import { dialectSchema, modelSchema, neuronProblems, resetSchema, variantSchema } from "./neuron-choice.ts";
import { pruningSchema } from "./pruning-choice.ts";
import {
  activitySchema,
  clipSchema,
  lossSchema,
  optimizerSchema,
  scheduleSchema,
  normalizationSchema,
} from "./training-choices.ts";

// Ranges and defaults of the experiment document. Unknown keys are errors.

const count = z.int().min(1);
const positive = z.number().positive();

/** Kinds, parameters, ranges and defaults are those of the encodings themselves. */
const encodingSchema = z.unknown().transform((document, context): Encoding => {
  const { encoding, problems } = readEncoding(document, "encoding");
  for (const { code, path, message } of problems) {
    context.addIssue({ code: "custom", message, path: path.split(".").slice(1), params: { code } });
  }
  return encoding ?? z.NEVER;
});

const dataSchema = z.strictObject({
  set: z.enum(["digits", "mnist", "fashion-mnist", "nmnist"]).default("digits"),
  /** Folder with the files of the set; not needed for digits, which ship with the package. */
  folder: z.string().optional(),
  /** Use only the first samples of a split. */
  trainLimit: count.optional(),
  testLimit: count.optional(),
  /** Share of the training split kept out of training; designs are chosen on it, never on the test split. */
  validationShare: z.number().min(0.02).max(0.5).default(0.15),
  pool: z.int().min(1).max(17).default(1),
});

const networkSchema = z.strictObject({
  hidden: z.array(count).default([64]),
  layers: z.string().max(1000).optional(),
  pooling: z.enum(["currents", "spikes"]).default("currents"),
  neuron: modelSchema.default("lif"),
  reset: resetSchema.default({ kind: "subtract" }),
  dialect: dialectSchema.optional(),
  variant: variantSchema.default({}),
  parameters: z.record(z.string(), z.number()).default({}),
  recurrent: z.boolean().default(false),
  bias: z.boolean().default(false),
  normalization: normalizationSchema.default({ kind: "none" }),
  delays: z.array(z.int().min(0).max(longestDelay)).max(16).default([]),
  readout: z
    .strictObject({
      kind: z.enum(Object.keys(readouts) as (keyof typeof readouts)[]).default("count"),
      /** Neurons of the last layer that vote together for one class. */
      neuronsPerClass: count.default(1),
    })
    .prefault({}),
});

const trainingSchema = z.strictObject({
  epochs: count.default(40),
  batchSize: count.default(64),
  learningRate: positive.default(4e-3),
  loss: lossSchema.default({ kind: "cross-entropy" }),
  optimizer: optimizerSchema.default({ kind: "adamw" }),
  schedule: scheduleSchema.optional(),
  clip: clipSchema.default({ kind: "none" }),
  learn: z.array(z.string()).default([]),
  truncation: count.optional(),
  memoryLimit: z.number().min(1).max(4096).optional(),
  threads: z.int().min(1).max(256).optional(),
  surrogate: z
    .string()
    .transform((name) => name as SurrogateName)
    .default("fastSigmoid"),
  /** The surrogate's first parameter. */
  surrogateScale: z.number().optional(),
  surrogateParameters: z.record(z.string(), z.number()).default({}),
  detachReset: z.boolean().default(true),
  /** Shift images by up to so many pixels at random. */
  shift: z.number().min(0).max(8).default(0),
  rotation: z.number().min(0).max(45).default(0),
  zoom: z.number().min(0).max(0.5).default(0),
  mirror: z.boolean().default(false),
  /** Weight of the L1 penalty on hidden spikes per sample. */
  activityPenalty: z.number().min(0).default(0),
  activity: z.array(activitySchema).default([]),
  weightDecay: z.number().min(0).default(0),
  /** Stop when validation has not improved for so many epochs. */
  patience: count.optional(),
});

const gridSchema = z.strictObject({
  symmetry: z.enum(["symmetric", "asymmetric"]).default(defaultScheme.symmetry),
  per: z.enum(["tensor", "channel"]).default(defaultScheme.per),
  scale: z.enum(["free", "powerOfTwo", "shifted"]).default(defaultScheme.scale),
  range: z.enum(["extremes", "leastError", "threeSigma"]).default(defaultScheme.range),
});

const tuningSchema = z.strictObject({
  epochs: count.default(10),
  learningRate: positive.default(1e-3),
  pruneBlock: count.default(1),
  pruning: pruningSchema.prefault({}),
  grid: gridSchema.optional(),
  /** Ranges of quantizers learn, so many times as fast as weights. */
  rangeRate: z.number().min(0).optional(),
});

const exploreSchema = z.strictObject({
  sampler: z.enum(["nsga2", "random", "grid"]).default("nsga2"),
  designs: z.int().min(1).max(1_000_000).default(48),
  stepCount: z.array(z.int().min(1).max(1024)).min(1).default([4, 8]),
  weightBits: z.array(z.int().min(1).max(8)).min(1).default([3, 4, 6]),
  /** Share of weights pruned to zero. */
  sparsity: z.array(z.number().min(0).max(0.99)).min(1).default([0, 0.5, 0.8]),
  /** Lanes of the hidden layers; the output layer gets `outputLanes`. */
  lanes: z.array(count).min(1).default([2, 4, 8]),
  outputLanes: z.array(count).min(1).default([2]),
  family: z.array(z.enum(familyNames)).min(1).default(["layer-pipeline", "dense"]),
  weightStorage: z.array(z.enum(weightStorages)).min(1).default(["dense", "blocks"]),
});

const numericsSchema = z.strictObject({
  potentialBits: z.int().min(6).max(24).optional(),
  /** Bits of the potential below one weight unit. */
  potentialFraction: z.int().min(0).max(12).optional(),
  coefficientFraction: z.int().min(1).max(12).default(8),
  rounding: z.enum(["nearest", "floor"]).default("nearest"),
});

const objectiveNames = ["accuracy", "energy", "latency", "area"] as const;

/** A requirement such as `accuracy >= 0.95` or `energy <= 2e-6`; SI units. */
const constraintPattern = /^(accuracy|energy|latency|area)\s*(<=|>=)\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

const configSchema = z.strictObject({
  name: z.string().min(1).max(100).default("codesign"),
  seed: z.int().min(0).max(0xffffffff).default(0),
  data: dataSchema.prefault({}),
  network: networkSchema.prefault({}),
  encoding: encodingSchema.prefault({ kind: "rate" }),
  training: trainingSchema.prefault({}),
  tuning: tuningSchema.prefault({}),
  explore: exploreSchema.prefault({}),
  numerics: numericsSchema.prefault({}),
  objectives: z
    .array(z.enum(objectiveNames))
    .min(1)
    .default([...objectiveNames]),
  constraints: z
    .array(z.string().regex(constraintPattern, 'expected something like "accuracy >= 0.95" or "energy <= 2e-6"'))
    .default([]),
  /** Which point of the front to build: its knee, or the best by one objective. */
  choose: z.enum(["knee", ...objectiveNames]).default("knee"),
  target: z.enum(["up5k", "hx8k"]).default("hx8k"),
  /** Test samples on which the hardware is verified; all by default. */
  verifySamples: count.optional(),
  /** Place and route the chosen design. */
  place: z.boolean().default(true),
});

/**
 * Check a document and fill in defaults.
 * @throws `config/invalid` with every problem: unknown keys with a suggestion, ranges, units
 */
export function parseConfig(document: unknown, path: string): Config {
  const parsed = configSchema.safeParse(document);
  const problems = parsed.success ? crossChecks(parsed.data) : parsed.error.issues.flatMap((issue) => explain(issue));
  if (parsed.success && problems.length === 0) return parsed.data;
  const lines = problems.map((problem) => `${problem.path}: ${problem.message}`);
  throw new UserError("config/invalid", `${path} at ${lines.join("\n  ")}`, { path, problems, exit: "bad-input" });
}

/**
 * What a document asks for that the hardware families cannot run; training alone may still do it.
 * @throws `config/direct-coding`, `config/delays`, `config/learn`, `config/readout`, `config/cells` (exit "unsupported")
 */
export function requireHardware(config: Config): void {
  const problems: Problem[] = [];
  if (config.encoding.kind === "direct") {
    problems.push({
      code: "config/direct-coding",
      path: "encoding.kind",
      message:
        "direct coding feeds analog values into the first layer, and the hardware families here take spikes only; use rate, latency or threshold",
    });
  }
  if (config.network.delays.length > 0) {
    problems.push({
      code: "config/delays",
      path: "network.delays",
      message: "the hardware families here have no delayed synapses; `lacuna train` can train such a network",
    });
  }
  if (config.training.learn.length > 0) {
    problems.push({
      code: "config/learn",
      path: "training.learn",
      message:
        "neurons of a layer share their constants in the hardware families here; `lacuna train` lets them differ",
    });
  }
  const { kind, neuronsPerClass } = config.network.readout;
  if (kind !== "count" || neuronsPerClass !== 1) {
    problems.push({
      code: "config/readout",
      path: "network.readout",
      message:
        "the hardware families here count spikes of one neuron per class; `lacuna train` can train other readouts",
    });
  }
  for (const name of config.explore.family.filter((family) => !families[family].areCellsFitted)) {
    problems.push({
      code: "config/cells",
      path: "explore.family",
      message: `the cells of family "${name}" cannot be estimated, so its designs cannot be compared before synthesis; \`lacuna rtl --family ${name}\` writes them`,
    });
  }
  throwProblems(problems, "unsupported");
}

/** A constraint as numbers. */
export interface Constraint {
  readonly objective: ObjectiveName;
  readonly relation: "<=" | ">=";
  readonly bound: number;
}

export function parseConstraint(text: string): Constraint {
  const match = constraintPattern.exec(text);
  if (match === null) throw new UserError("config/constraint", `"${text}": expected "accuracy >= 0.95" or the like`);
  return {
    objective: match[1] as Constraint["objective"],
    relation: match[2] as Constraint["relation"],
    bound: Number(match[3]),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function explain(issue: z.core.$ZodIssue): Problem[] {
  const where = issue.path.length === 0 ? "the document" : issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") {
    const code = issue.code === "custom" ? String(issue.params?.["code"] ?? "config/invalid") : "config/invalid";
    return [{ code, path: where, message: issue.message }];
  }
  if (issue.path.length > 1) return [{ code: "config/unknown-key", path: where, message: issue.message }];
  const known = keysAt(issue.path);
  return issue.keys.map((key) => ({
    code: "config/unknown-key",
    path: issue.path.length === 0 ? key : `${where}.${key}`,
    message: `unknown key; ${suggestName(key, known)}`,
  }));
}

/** The keys that the schema knows where an unknown one was found. */
function keysAt(path: readonly PropertyKey[]): string[] {
  const resolved = configSchema.parse({}) as unknown;
  if (path.length === 0) return Object.keys(configSchema.shape);
  const section = sections[String(path[0])];
  if (section !== undefined) return Object.keys(section.shape);
  return typeof resolved === "object" && resolved !== null ? Object.keys(resolved) : [];
}

const sections: Readonly<Record<string, { readonly shape: object }>> = {
  data: dataSchema,
  network: networkSchema,
  training: trainingSchema,
  tuning: tuningSchema,
  explore: exploreSchema,
  numerics: numericsSchema,
};

/** What no single field can know. */
function crossChecks(config: Config): Problem[] {
  const { data, network, training } = config;
  const problems: Problem[] = [
    ...lossProblems(training.loss, "training.loss"),
    ...optimizerProblems(training.optimizer, "training.optimizer"),
    ...(training.schedule === undefined ? [] : scheduleProblems(training.schedule, "training.schedule")),
    ...neuronProblems(network, training.learn),
    ...checkSurrogate(
      surrogateOf(training.surrogate, training.surrogateScale, training.surrogateParameters),
      "training.surrogate",
    ),
  ];
  problems.push(...layersProblems(network));
  if (network.normalization.kind !== "none" && network.recurrent) {
    const message = "currents of recurrent layers are not normalized; leave one of both out";
    problems.push({ code: "config/normalization", path: "network.normalization", message });
  }
  if (network.delays.length > 0 && config.encoding.kind === "direct") {
    const message = "direct coding sends no spikes that the first layer could delay";
    problems.push({ code: "config/delays", path: "network.delays", message });
  }
  if (data.set !== "digits" && data.folder === undefined) {
    const message = `the files of ${data.set} do not ship with the package; give the folder that holds them`;
    problems.push({ code: "config/no-folder", path: "data.folder", message });
  }
  return problems;
}

function layersProblems({ layers, recurrent, delays }: Config["network"]): Problem[] {
  if (layers === undefined) return [];
  const path = "network.layers";
  if (recurrent || delays.length > 0) {
    const message = "layers as text have neither recurrent nor delayed synapses; leave one of both out";
    return [{ code: "config/layers", path, message }];
  }
  try {
    parseShapeText(layers);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ code: error.code, path, message: error.message }];
  }
}
