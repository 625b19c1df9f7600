// Recorded samples of a net (the NIR paper's Braille nets): what every framework's hidden layer sent.

import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { dialectByName, resetChoices, type ResetChoice } from "../../src/model/nir/index.ts";
import { fileNamed, firstNeurons, fullPath, graphAt, nearest, record, type Folder } from "./graphs.ts";
import { readNpy } from "./npy.ts";
import { countDiffering, guarded, type Result } from "./result.ts";

const sampleSchema = z.object({
  dt: z.number(),
  input: z.array(z.array(z.number())),
  models: z
    .record(
      z.string(),
      z.object({
        hidden_spikes: z.array(z.array(z.number())),
        output_spikes: z.array(z.array(z.number())),
        dialect: z.string().default("snntorch"),
        reset: z.enum(resetChoices).optional(),
      }),
    )
    .default({}),
});
type Sample = z.infer<typeof sampleSchema>;

const activity = /^(\w+?)_activity_(.+)\.npy$/;

const sampleName = /^(\w+)_test_sample\d+\.json$/;

export function isBraille(name: string): boolean {
  const base = path.posix.basename(name);
  return sampleName.test(base) || activity.test(base);
}

/** Samples with what a net did on them, and the activities of other platforms on the first sample of their net. */
export async function checkBraille(folder: Folder): Promise<Result[]> {
  const samples = folder.names.filter((name) => sampleName.test(path.posix.basename(name)));
  const results: Result[] = [];
  for (const file of samples) {
    const found = await guarded(file, "recorded spikes", async () => {
      const sample = readSample(folder, file);
      const models: Result[] = [];
      for (const [graph, expected] of Object.entries(sample.models)) {
        models.push(...(await checkModel(folder, file, sample, graph, expected)));
      }
      return models;
    });
    results.push(...found);
  }
  for (const name of folder.names.filter((candidate) => activity.test(path.posix.basename(candidate)))) {
    results.push(...(await guarded(name, "hidden spikes", () => checkActivity(folder, name, samples))));
  }
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------

function readSample(folder: Folder, file: string): Sample {
  return sampleSchema.parse(JSON.parse(readFileSync(fullPath(folder, file), "utf8")));
}

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
  const name = fileNamed(folder, path.posix.basename(graphName), file);
  if (name === undefined) {
    const reason = "not compared: this graph is not in the folder";
    return [{ file, what: `spikes of ${graphName}`, reason, expected: true }];
  }
  const graph = await graphAt(folder, name);
  const dialect = dialectByName(expected.dialect);
  const how = { dialect, stepSeconds: sample.dt, reset: expected.reset ?? resetOf(graphName) };
  const hidden = firstNeurons(graph, how);
  const outputs = graph.edges.flatMap(([from, to]) =>
    graph.nodes.some((node) => node.name === to && node.kind === "primitive" && node.type === "Output") ? [from] : [],
  );
  const got = record(graph, how, sample.input, [hidden, ...outputs]).spikes;
  const compare = (what: string, node: string, spikes: readonly (readonly number[])[]): Result => {
    const bits = spikes.flat();
    const note = `${graphName}, dialect ${dialect}, reset ${how.reset}, dt ${sample.dt} s`;
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

async function checkActivity(folder: Folder, file: string, samples: readonly string[]): Promise<Result> {
  const [, framework = "", model = ""] = activity.exec(path.posix.basename(file)) ?? [];
  const what = "hidden spikes";
  const reason = platforms[framework];
  if (reason !== undefined) return { file, what, reason: `not compared: ${reason}`, expected: true };
  const dialect = dialectByName(framework);
  const graphs = folder.names.filter((name) => {
    const base = path.posix.basename(name);
    return base === `${model}.nir` || base.endsWith(`_${model}.nir`);
  });
  const name = nearest(graphs, file);
  if (name === undefined)
    return { file, what, reason: `its graph *_${model}.nir is not in the folder`, expected: true };
  const net = path.posix.basename(name).split("_")[0] ?? "";
  const first = samples.find((sample) => path.posix.basename(sample).startsWith(`${net}_`));
  if (first === undefined)
    return { file, what, reason: `its input ${net}_test_sample0.json is not in the folder`, expected: false };
  const sample = readSample(folder, first);
  const graph = await graphAt(folder, name);
  // Norse always resets to zero and Spyx always subtracts, whatever the net was trained with.
  const how = { dialect, stepSeconds: sample.dt, ...(framework === "snntorch" ? { reset: resetOf(model) } : {}) };
  const hidden = firstNeurons(graph, how);
  const bits = byStep(readNpy(readFileSync(fullPath(folder, file)), file), sample.input.length);
  const got = record(graph, how, sample.input, [hidden]).spikes.get(hidden) ?? [];
  return {
    file,
    what: `hidden spikes of ${hidden}`,
    values: bits.length,
    differing: countDiffering(got, bits),
    note: `${path.posix.basename(name)}, dialect ${framework}, dt ${sample.dt} s`,
  };
}

/** Some platforms recorded [neuron, step]. */
function byStep({ shape, values }: ReturnType<typeof readNpy>, stepCount: number): readonly number[] {
  const [first = 0, second = 0] = shape.filter((length) => length > 1);
  if (first === stepCount || second !== stepCount) return values;
  return values.map((_, at) => values[(at % first) * second + Math.floor(at / first)] ?? 0);
}
