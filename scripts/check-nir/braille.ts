// The Braille nets of the NIR paper on test sample 0: what every framework's hidden layer sent.

import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { UserError } from "../../src/base/index.ts";
import { dialects, type DialectName } from "../../src/model/neuron/index.ts";
import type { ResetChoice } from "../../src/model/nir/index.ts";
import { fileNamed, firstNeurons, fullPath, graphAt, record, type Folder } from "./graphs.ts";
import { readNpy } from "./npy.ts";
import { countDiffering, type Result } from "./result.ts";

const sampleSchema = z.object({
  dt: z.number(),
  input: z.array(z.array(z.number())),
  models: z
    .record(
      z.string(),
      z.object({ hidden_spikes: z.array(z.array(z.number())), output_spikes: z.array(z.array(z.number())) }),
    )
    .default({}),
});
type Sample = z.infer<typeof sampleSchema>;

const activity = /^(\w+?)_activity_(.+)\.npy$/;

export function isBraille(name: string): boolean {
  const base = path.posix.basename(name);
  return /^braille_test_sample\d+\.json$/.test(base) || activity.test(base);
}

export async function checkBraille(folder: Folder): Promise<Result[]> {
  const file = folder.names.find((name) => /braille_test_sample\d+\.json$/.test(name));
  if (file === undefined) return [];
  const sample = sampleSchema.parse(JSON.parse(readFileSync(fullPath(folder, file), "utf8")));
  const results: Result[] = [];
  for (const [graph, expected] of Object.entries(sample.models)) {
    results.push(...(await checkModel(folder, file, sample, graph, expected)));
  }
  for (const name of folder.names.filter((candidate) => activity.test(path.posix.basename(candidate)))) {
    results.push(await checkActivity(folder, name, sample));
  }
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------

/** The paper trained one net with zero reset, one with subtraction, both without snnTorch's delay. */
function resetOf(name: string): ResetChoice {
  return name.includes("subtract") ? "subtract" : "zero";
}

async function checkModel(
  folder: Folder,
  file: string,
  sample: Sample,
  graphName: string,
  expected: Sample["models"][string],
): Promise<Result[]> {
  const name = fileNamed(folder, path.posix.basename(graphName));
  if (name === undefined) return [{ file, what: graphName, reason: "the graph is missing", expected: true }];
  const graph = await graphAt(folder, name);
  const how = { dialect: "snntorch" as const, stepSeconds: sample.dt, reset: resetOf(graphName) };
  const hidden = firstNeurons(graph, how);
  const outputs = graph.edges.flatMap(([from, to]) =>
    graph.nodes.some((node) => node.name === to && node.kind === "primitive" && node.type === "Output") ? [from] : [],
  );
  const got = record(graph, how, sample.input, [hidden, ...outputs]).spikes;
  const compare = (what: string, node: string, spikes: readonly (readonly number[])[]): Result => {
    const bits = spikes.flat();
    const note = `${graphName}, dialect snntorch, reset ${how.reset}, dt ${sample.dt} s`;
    return {
      file,
      what: `${what} ${node}`,
      values: bits.length,
      differing: countDiffering(got.get(node) ?? [], bits),
      note,
    };
  };
  return [
    compare("hidden spikes of", hidden, expected.hidden_spikes),
    ...outputs.map((node) => compare("output spikes of", node, expected.output_spikes)),
  ];
}

/** Platforms whose spikes are not those of a dialect. */
const platforms: Readonly<Record<string, string>> = {
  lava: "recorded in Lava's fixed-point model with the paper's rounding of weights",
  nengo: "Nengo re-fits the time constants; no dialect describes it",
  s2: "SpiNNaker2's integers; their arithmetic is not written down",
  rockpool: "recorded on a net that Rockpool changed; its arithmetic is not written down",
  xylo: "Xylo's integers; their arithmetic is not written down",
  speck: "summed counts of a chip; its input is not in the folder",
};

async function checkActivity(folder: Folder, file: string, sample: Sample): Promise<Result> {
  const [, framework = "", model = ""] = activity.exec(path.posix.basename(file)) ?? [];
  const what = "hidden spikes";
  const reason = platforms[framework];
  if (reason !== undefined) return { file, what, reason: `not compared: ${reason}`, expected: true };
  if (!Object.hasOwn(dialects, framework))
    return { file, what, reason: `"${framework}" is no dialect`, expected: false };
  const name = fileNamed(folder, `braille_${model}.nir`);
  if (name === undefined)
    return { file, what, reason: `its graph braille_${model}.nir is not in the folder`, expected: true };
  try {
    const dialect = framework as DialectName;
    const graph = await graphAt(folder, name);
    // Norse always resets to zero and Spyx always subtracts, whatever the net was trained with.
    const how = { dialect, stepSeconds: sample.dt, ...(framework === "snntorch" ? { reset: resetOf(model) } : {}) };
    const hidden = firstNeurons(graph, how);
    const bits = readNpy(readFileSync(fullPath(folder, file)), file).values;
    const got = record(graph, how, sample.input, [hidden]).spikes.get(hidden) ?? [];
    return {
      file,
      what: `hidden spikes of ${hidden}`,
      values: bits.length,
      differing: countDiffering(got, bits),
      note: `dialect ${framework}, dt ${sample.dt} s`,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { file, what, reason: error.message, expected: false };
  }
}
