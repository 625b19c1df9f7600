// The way back from JSON to a report. The file may come from a stranger: it is checked member by member, nothing in it runs,
// and every problem is reported at once.

import { z } from "zod";
import { throwProblems, UserError, type Quantity, type QuantityKind, type Unit } from "../base/index.ts";
import { kindBadges } from "./figure-text.ts";
import type { Figure, Part, ReportData, Unknown } from "./report-data.ts";

/**
 * Read what `reportJson` wrote. Members that this version does not know are left out.
 *
 * @param path Name of the file, for messages.
 * @returns    undefined when the text is JSON, but not a report
 * @throws     `report/not-json`; `report/unknown-version`; `report/malformed` with all problems
 */
export function readReportJson(text: string, path: string): ReportData | undefined {
  const file = parseJson(text, path);
  if (typeof file !== "object" || file === null || !("schema" in file) || !("report" in file)) return undefined;
  const version = /^lacuna\.report\/(\d+)\./.exec(String(file.schema))?.[1];
  if (version === undefined) return undefined;
  if (version !== "1") {
    const message = `${path}: expected schema lacuna.report/1.x, got ${String(file.schema).slice(0, 60)}. Use a newer lacuna`;
    throw new UserError("report/unknown-version", message, { path, exit: "unsupported" });
  }
  const read = reportSchema.safeParse(file.report);
  if (read.success) return read.data;
  throwProblems(
    read.error.issues.map((issue) => ({
      code: "report/malformed",
      path: `${path} at report.${issue.path.join(".")}`,
      message: issue.message,
    })),
  );
  return undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const message = `${path}: not JSON; expected a report.json, got "${text.slice(0, 20)}"`;
    throw new UserError("report/not-json", message, { path, cause });
  }
}

const kindOfBadge = new Map(Object.entries(kindBadges).map(([kind, badge]) => [badge, kind as QuantityKind]));
const units = [
  "J",
  "s",
  "W",
  "Hz",
  "bit",
  "m²",
  "1",
  "cell",
  "cycle",
  "block",
  "op",
] as const satisfies readonly Unit[];
const kinds = ["estimated", "simulated", "rtl", "synthesized", "placed", "measured"] as const;

/** Null stands for a number that was not finite, text for an integer beyond 2^53. */
const real = z
  .union([z.number(), z.null(), z.string().regex(/^-?\d{16,21}$/)])
  .transform((value) => (value === null ? Number.NaN : Number(value)));
const text = z.string();
const name = z.string();
/** Null stands for undefined in a list. */
const gap = z
  .number()
  .nullable()
  .transform((value) => value ?? undefined);
const kind = z.enum(kinds);
const format = z.enum(["plain", "percent"]);

const quantity: z.ZodType<Quantity> = z
  .object({
    value: real,
    unit: z.enum(units),
    kind: z
      .string()
      .refine((badge) => kindOfBadge.has(badge), { error: `expected ${[...kindOfBadge.keys()].join(", ")}` }),
    src: text,
    lo: real.optional(),
    hi: real.optional(),
  })
  .transform(({ value, unit, kind: badge, src, lo, hi }): Quantity => {
    const known = { value, unit, kind: kindOfBadge.get(badge) ?? "estimated", source: src };
    return lo === undefined || hi === undefined ? known : { ...known, band: { low: lo, high: hi } };
  });

const unknown: z.ZodType<Unknown> = z
  .object({ value: z.null(), reason: text })
  .transform(({ reason }) => ({ unknown: reason }));

/** Told apart by the unit, so that a mistake in a quantity is reported as such. */
const figure: z.ZodType<Figure> = either(
  (value) => typeof value === "object" && value !== null && "unit" in value,
  quantity,
  unknown,
);

function part<T>(known: z.ZodType<T>): z.ZodType<Part<T>> {
  return either((value) => !(typeof value === "object" && value !== null && "reason" in value), known, unknown);
}

function either<A, B>(
  isFirst: (value: unknown) => boolean,
  first: z.ZodType<A>,
  second: z.ZodType<B>,
): z.ZodType<A | B> {
  return z.unknown().transform((value, context): A | B => {
    const read = isFirst(value) ? first.safeParse(value) : second.safeParse(value);
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues) context.addIssue({ code: "custom", path: [...path], message });
    return z.NEVER;
  });
}

const dataset = z.object({
  name,
  source: text,
  license: text,
  splits: z.array(z.object({ name, sampleCount: real })),
  sampleShape: z.array(real),
  classNames: z.array(name),
});

const network = z.object({
  encoding: text,
  stepCount: real,
  layers: z.array(
    z.object({
      name,
      neuron: text,
      inputCount: real,
      neuronCount: real,
      synapseCount: real,
      nonZeroCount: real,
      weightBits: real.optional(),
    }),
  ),
});

const training = z.object({
  panels: z.array(z.object({ title: text, format, kind, curves: z.array(z.object({ name, values: z.array(gap) })) })),
  phases: z.array(z.object({ name, firstEpoch: real })),
});

const trial = z.object({
  id: name,
  parameters: z.record(name, z.union([z.string(), z.number(), z.boolean()])),
  objectives: z.record(name, figure),
  feasible: z.boolean(),
  violation: text.optional(),
  onFront: z.boolean(),
  chosen: z.boolean(),
});

const exploration = z.object({
  sampler: text,
  objectives: z.array(
    z.object({ name, direction: z.enum(["maximize", "minimize"]), format: format.optional(), definition: text }),
  ),
  constraints: z.array(text),
  trials: z.array(trial),
  choice: text,
  hypervolume: z.object({ values: z.array(real), reference: text }).optional(),
});

const energy = z.object({
  derivations: z.array(
    z.object({
      profile: name,
      subject: z.enum(["chosen design", "ANN baseline"]),
      lines: z.array(
        z.object({ layer: name, event: name, count: real, unitEnergy: quantity, energy: quantity, source: text }),
      ),
      total: figure,
      staticNote: text,
    }),
  ),
  baselineNote: text,
  notModeled: z.array(text),
});

const sparsity = z.object({
  scope: text,
  kind,
  layers: z.array(
    z.object({
      layer: name,
      connectionSparsity: figure,
      activationSparsity: figure,
      temporalSparsity: figure,
      silentNeurons: real,
      deadNeurons: real,
      neuronCount: real,
      synapticOperations: z.object({ effective: figure, dense: figure }),
      spikeRate: z.array(real),
      detail: z
        .object({
          emptyLaneGroups: figure,
          spatialSparsity: figure,
          membraneSparsity: figure,
          restingSteps: figure,
          burstiness: figure,
          saturatedNeurons: real,
          executedOperations: figure,
          loadImbalance: figure,
        })
        .optional(),
      storage: z
        .object({
          chosen: name,
          reason: text,
          formats: z.array(
            z.object({ format: name, logicalBits: figure, allocatedBits: figure, cyclesPerSpike: figure }),
          ),
        })
        .optional(),
    }),
  ),
});

const raster = z.object({
  sample: name,
  label: name,
  decision: name,
  stepCount: z.int().min(0).max(1_000_000),
  layers: z.array(
    z.object({
      name,
      neuronCount: z.int().min(0),
      spikes: z.array(z.tuple([z.int(), z.int()])),
    }),
  ),
  image: z.object({ width: z.int().min(1), height: z.int().min(1), values: z.array(real) }).optional(),
});

const confusion = z.object({ scope: text, kind, classNames: z.array(name), counts: z.array(z.array(real)) });

const cycles = z.object({
  layers: z.array(z.object({ layer: name, cycles: figure, note: text.optional() })),
  total: figure,
  clock: figure,
  note: text,
});

const resources = z.object({
  target: name,
  rows: z.array(z.object({ resource: name, used: z.array(figure), limit: figure })),
});

const memories = z.array(z.object({ name, logicalBits: figure, allocatedBits: figure, kind: text }));

const verification = z.object({
  passed: z.boolean(),
  scope: text,
  simulator: text,
  comparisons: z.array(z.object({ name, compared: real, different: real })),
  mismatch: text.optional(),
});

const reproduction = z.object({
  commands: z.array(text),
  seed: real,
  hashes: z.array(z.object({ name, hash: text })),
  machine: text,
});

const reportSchema: z.ZodType<ReportData> = z.object({
  title: text,
  abstract: text,
  createdAt: text,
  generator: text,
  summary: z.array(z.object({ name, quantity: figure, format: format.optional(), note: text.optional() })),
  config: z.unknown(),
  dataset: part(dataset),
  network: part(network),
  training: part(training),
  exploration: part(exploration),
  energy: part(energy),
  sparsity: part(sparsity),
  raster: part(raster),
  confusion: part(confusion),
  cycles: part(cycles),
  resources: part(resources),
  memories: part(memories),
  verification: part(verification),
  tools: z.array(z.object({ name, version: text, use: text })),
  reproduction: part(reproduction),
  limits: z.array(text),
  stages: z.array(
    z.object({
      name,
      outcome: z.enum(["ran", "reused", "failed", "skipped"]),
      seconds: real,
      reason: text.optional(),
    }),
  ),
});
