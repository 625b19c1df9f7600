// The paper's first experiment: one LIF neuron on many platforms, CSV files `input, voltage, spike`.

import { readFileSync } from "node:fs";
import path from "node:path";
import type { DialectName } from "../../src/model/neuron/index.ts";
import { fileNamed, firstNeurons, fullPath, graphAt, record, type Folder } from "./graphs.ts";
import { countDiffering, type Result } from "./result.ts";

const pattern = /^lif_(\w+)\.csv$/;

export function isLifTrace(name: string): boolean {
  return pattern.test(path.posix.basename(name));
}

/** Seconds per step of the experiment. */
const stepSeconds = 1e-4;

/** Which dialect a platform speaks, and the file that it ran. */
const platforms: Readonly<Record<string, { readonly dialect: DialectName; readonly graph: string }>> = {
  norse: { dialect: "norse", graph: "lif_norse.nir" },
  snntorch: { dialect: "snntorch", graph: "lif_norse.nir" },
  sinabs: { dialect: "sinabs", graph: "lif_norse.nir" },
  spyx: { dialect: "spyx", graph: "lif_norse.nir" },
  rockpool: { dialect: "rockpool", graph: "lif_rockpool.nir" },
  lava_cpu_float: { dialect: "lava", graph: "lif_norse.nir" },
  // Rounded decays and weights change no step of this trace.
  lava_cpu_fixed: { dialect: "lava", graph: "lif_norse.nir" },
  lava_loihi: { dialect: "lava", graph: "lif_norse.nir" },
};

const unwritten: Readonly<Record<string, string>> = {
  exact: "the solution in continuous time: no platform steps so",
  nengo: "Nengo's neuron is no dialect of NIR import",
  spinnaker2: "SpiNNaker2's arithmetic is not written down",
};

export async function checkLifTraces(folder: Folder): Promise<Result[]> {
  const results: Result[] = [];
  for (const file of folder.names.filter(isLifTrace)) results.push(await checkLifTrace(folder, file));
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------

async function checkLifTrace(folder: Folder, file: string): Promise<Result> {
  const [, name = ""] = pattern.exec(path.posix.basename(file)) ?? [];
  const what = "spike steps";
  const platform = platforms[name];
  if (platform === undefined) {
    const reason = unwritten[name] ?? `"${name}" is a platform that nobody described`;
    return { file, what, reason: `not compared: ${reason}`, expected: Object.hasOwn(unwritten, name) };
  }
  const graphName = fileNamed(folder, platform.graph);
  if (graphName === undefined) return { file, what, reason: `${platform.graph} is not in the folder`, expected: true };
  const rows = readFileSync(fullPath(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(/[,\s]+/).map(Number));
  const expected = rows.flatMap(([, , spike = 0], step) => (spike > 0 ? [step] : []));
  // Some platforms recorded the input behind its weight.
  const input = rows.map(([value = 0]) => [value > 0 ? 1 : 0]);
  const graph = await graphAt(folder, graphName);
  const how = { dialect: platform.dialect, stepSeconds };
  const node = firstNeurons(graph, how);
  const got = (record(graph, how, input, [node]).spikes.get(node) ?? []).flatMap((spikes, step) =>
    spikes > 0 ? [step] : [],
  );
  const note = `${platform.graph}, dialect ${platform.dialect}, dt ${stepSeconds} s: ${got.join(", ")}`;
  return { file, what, values: expected.length, differing: countDiffering(got, expected), note };
}
