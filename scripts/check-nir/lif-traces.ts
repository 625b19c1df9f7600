// The paper's first experiment: one LIF neuron on many platforms, CSV files `input, voltage, spike`.

import { readFileSync } from "node:fs";
import path from "node:path";
import { dialects, type DialectName } from "../../src/model/neuron/index.ts";
import { fileNamed, firstNeurons, fullPath, graphAt, record, type Folder } from "./graphs.ts";
import { countDiffering, guarded, type Result } from "./result.ts";

const pattern = /^lif_(\w+)\.csv$/;

export function isLifTrace(name: string): boolean {
  return pattern.test(path.posix.basename(name));
}

/** Seconds per step of the paper's experiment. */
export const usualStepSeconds = 1e-4;

/** The file that a platform ran, where it is not `lif_<platform>.nir`: the paper's net was written by Norse. */
const usualGraph = "lif_norse.nir";

/** "norse", "snntorch_v2", "lava_cpu_float": the dialect whose name comes first. Lava's rounding changes no step of the paper's trace. */
function dialectOf(platform: string): DialectName | undefined {
  return (Object.keys(dialects) as DialectName[]).find((name) => platform === name || platform.startsWith(`${name}_`));
}

const unwritten: Readonly<Record<string, string>> = {
  exact: "the solution in continuous time: no platform steps so",
  nengo: "Nengo's neuron is no dialect of NIR import",
  spinnaker2: "SpiNNaker2's arithmetic is not written down",
};

export async function checkLifTraces(folder: Folder, stepSeconds: number = usualStepSeconds): Promise<Result[]> {
  const results: Result[] = [];
  for (const file of folder.names.filter(isLifTrace)) {
    results.push(...(await guarded(file, "spike steps", () => checkLifTrace(folder, file, stepSeconds))));
  }
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------

async function checkLifTrace(folder: Folder, file: string, stepSeconds: number): Promise<Result> {
  const [, name = ""] = pattern.exec(path.posix.basename(file)) ?? [];
  const what = "spike steps";
  const dialect = dialectOf(name);
  if (dialect === undefined) {
    const reason = unwritten[name] ?? `"${name}" names no dialect; known: ${Object.keys(dialects).join(", ")}`;
    return { file, what, reason: `not compared: ${reason}`, expected: Object.hasOwn(unwritten, name) };
  }
  const wanted = [`lif_${name}.nir`, `lif_${dialect}.nir`, usualGraph];
  const graphName = wanted.map((base) => fileNamed(folder, base, file)).find((found) => found !== undefined);
  if (graphName === undefined)
    return { file, what, reason: `its graph is not in the folder; looked for ${wanted.join(", ")}`, expected: false };
  const rows = readFileSync(fullPath(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(/[,\s]+/).map(Number));
  const expected = rows.flatMap(([, , spike = 0], step) => (spike > 0 ? [step] : []));
  // Some platforms recorded the input behind its weight.
  const input = rows.map(([value = 0]) => [value > 0 ? 1 : 0]);
  const graph = await graphAt(folder, graphName);
  const how = { dialect, stepSeconds };
  const node = firstNeurons(graph, how);
  const got = (record(graph, how, input, [node]).spikes.get(node) ?? []).flatMap((spikes, step) =>
    spikes > 0 ? [step] : [],
  );
  const note = `${path.posix.basename(graphName)}, dialect ${dialect}, dt ${stepSeconds} s: ${got.join(", ")}`;
  return { file, what, values: expected.length, differing: countDiffering(got, expected), note };
}
