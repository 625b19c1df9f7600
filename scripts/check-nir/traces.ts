// Recorded traces: JSON files that hold what frameworks sent, beside the graph that they ran.

import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { UserError } from "../../src/base/index.ts";
import { dialects, type DialectName } from "../../src/model/neuron/index.ts";
import { dialectByName, resetChoices, type ResetChoice } from "../../src/model/nir/index.ts";
import { fileNamed, fullPath, graphAt, record, type Folder } from "./graphs.ts";
import { countDiffering, guarded, type Result } from "./result.ts";

const numbers = z.array(z.unknown()).transform((value) => value.flat(9).map(Number));
const steps = z.array(numbers);
const byNode = z.record(z.string(), steps);

const traceSchema = z.object({
  file: z.string(),
  written_by: z.string().default(""),
  semantics: z.string().default(""),
  /** Said by the file itself, or else found in the texts above. */
  dialect: z.string().optional(),
  reset: z.enum(resetChoices).optional(),
  dt: z.number(),
  input: steps,
  spikes: byNode,
  mem_after_reset: byNode.optional(),
});

const otherSchema = z.object({ note: z.string().default(""), spikes: byNode });

/** The names of the JSON files that this check answers for. */
export function isTrace(name: string): boolean {
  return /\.(io|defaultreset)\.json$/.test(name);
}

export async function checkTraces(folder: Folder): Promise<Result[]> {
  const results: Result[] = [];
  for (const file of folder.names.filter(isTrace)) {
    const check = file.endsWith(".io.json") ? checkTrace : checkDefaultReset;
    results.push(...(await guarded(file, "traces", () => check(folder, file))));
  }
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------

function read(folder: Folder, file: string): unknown {
  return JSON.parse(readFileSync(fullPath(folder, file), "utf8"));
}

/** Who made the trace: NIR's own interpreter, or the framework that wrote the file. */
function dialectOf({ semantics, written_by: by, dialect }: z.infer<typeof traceSchema>): DialectName {
  if (dialect !== undefined) return dialectByName(dialect);
  if (semantics.includes("NIR reference interpreter")) return "nir";
  const words = by.toLowerCase();
  const found = (Object.keys(dialects) as DialectName[]).find((name) => name !== "nir" && words.includes(name));
  if (found !== undefined) return found;
  const known = Object.keys(dialects).join(", ");
  throw new UserError(
    "nir/unknown-dialect",
    `written_by "${by}" names no dialect; say "dialect" in the file: ${known}`,
  );
}

async function checkTrace(folder: Folder, file: string): Promise<Result[]> {
  const trace = traceSchema.parse(read(folder, file));
  const dialect = dialectOf(trace);
  return [
    ...(await compareSpikes(folder, file, trace, trace.spikes, dialect, trace.reset)),
    ...(await comparePotentials(folder, file, trace, dialect)),
  ];
}

/** The same net and input with snnTorch's default reset: by subtraction in the next step, which NIR cannot say. */
async function checkDefaultReset(folder: Folder, file: string): Promise<Result[]> {
  const sibling = file.replace(/\.defaultreset\.json$/, ".io.json");
  if (!folder.names.includes(sibling)) throw new UserError("nir/data", `its input is in ${sibling}, which is missing`);
  const trace = traceSchema.parse(read(folder, sibling));
  const { spikes } = otherSchema.parse(read(folder, file));
  return compareSpikes(folder, file, trace, spikes, "snntorch", "subtract-next-step");
}

async function compareSpikes(
  folder: Folder,
  file: string,
  trace: z.infer<typeof traceSchema>,
  spikes: Readonly<Record<string, readonly (readonly number[])[]>>,
  name: DialectName,
  reset?: ResetChoice,
): Promise<Result[]> {
  const graph = await graphAt(folder, graphFile(folder, trace.file, file));
  const how = { dialect: name, stepSeconds: trace.dt, ...(reset === undefined ? {} : { reset }) };
  const got = record(graph, how, trace.input, Object.keys(spikes));
  const note = `dialect ${name}${reset === undefined ? "" : `, reset ${reset}`}, dt ${trace.dt} s`;
  return Object.entries(spikes).map(([node, expected]) => {
    const bits = expected.flat();
    return {
      file,
      what: `spikes of ${node}`,
      values: bits.length,
      differing: countDiffering(got.spikes.get(node) ?? [], bits),
      note,
    };
  });
}

/** Potentials within 1e-5: decays are computed from dt / τ here, and were rounded to 32 bits there. */
const bound = 1e-5;

async function comparePotentials(
  folder: Folder,
  file: string,
  trace: z.infer<typeof traceSchema>,
  name: DialectName,
): Promise<Result[]> {
  const potentials = Object.entries(trace.mem_after_reset ?? {});
  if (potentials.length === 0) return [];
  const graph = await graphAt(folder, graphFile(folder, trace.file, file));
  const how = {
    dialect: name,
    stepSeconds: trace.dt,
    ...(trace.reset === undefined ? {} : { reset: trace.reset }),
  };
  const got = record(
    graph,
    how,
    trace.input,
    potentials.map(([node]) => node),
  ).potentials;
  return potentials.map(([node, expected]) => {
    const differences = expected.flat().map((value, i) => Math.abs(value - (got.get(node)?.[i] ?? Number.NaN)));
    const differing = differences.filter((difference) => !(difference <= bound)).length;
    const worst = Math.max(...differences).toPrecision(2);
    return {
      file,
      what: `potentials of ${node}`,
      values: differences.length,
      differing,
      note: `worst ${worst}, bound ${bound}`,
    };
  });
}

function graphFile(folder: Folder, name: string, near: string): string {
  const found = fileNamed(folder, path.posix.basename(name), near);
  if (found !== undefined) return found;
  throw new UserError("nir/data", `its graph ${name} is missing`);
}
