// The paper's second experiment: graphs for N-MNIST on every test recording at hand.

import path from "node:path";
import { assertDefined } from "../../src/base/index.ts";
import { startNir } from "../../src/compute/nir/index.ts";
import { loadDataset, type Dataset } from "../../src/learning/data/index.ts";
import { fieldList, planNir, type NirGraph, type NirPlan } from "../../src/model/nir/index.ts";
import type { DialectName } from "../../src/model/neuron/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { graphAt, type Folder } from "./graphs.ts";
import { guarded, type Result } from "./result.ts";

type EventRecording = NonNullable<Dataset["test"]["recordings"]>[number];

/** As all notebooks of the paper: frames of 1 ms, events counted per pixel, dark events first; decided by spike counts. */
const frameMicroseconds = 1000;
const side = 34;

/** The paper's accuracies on all 10,000 test recordings, and the class that they span. */
const published: Readonly<Partial<Record<DialectName, number>>> = {
  sinabs: 0.9847,
  norse: 0.9811,
  snntorch: 0.9785,
  spyx: 0.9712,
};
const publishedClass = { low: 0.954, high: 0.985 };

export async function checkNmnist(folder: Folder, dataFolder: string): Promise<Result[]> {
  const results: Result[] = [];
  for (const file of folder.names.filter((name) => name.endsWith(".nir"))) {
    const graph = await graphAt(folder, file).catch(() => undefined);
    if (graph === undefined || !isForNmnist(graph)) continue;
    if (!(await nodePlatform.files.exists(dataFolder))) {
      results.push({ file, what: "N-MNIST", reason: `skipped: no recordings in ${dataFolder}`, expected: true });
      continue;
    }
    const found = await guarded(file, "N-MNIST", async () => {
      const { test } = await loadDataset(nodePlatform.files, "nmnist", dataFolder);
      const known = Object.entries(published) as [DialectName, number][];
      // The published accuracies are those of one net.
      const isPublished = path.posix.basename(file) === "cnn_sinabs.nir";
      return known.map(([name, accuracy]) =>
        judge(file, graph, name, isPublished ? accuracy : undefined, test.recordings ?? [], test.labels),
      );
    });
    results.push(...found);
  }
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------

function isForNmnist(graph: NirGraph): boolean {
  return graph.nodes.some(
    (node) =>
      node.kind === "primitive" && node.type === "Input" && fieldList(node, "shape")?.join() === `2,${side},${side}`,
  );
}

function judge(
  file: string,
  graph: NirGraph,
  name: DialectName,
  accuracy: number | undefined,
  recordings: readonly EventRecording[],
  labels: Uint8Array,
): Result {
  const plan = planNir(graph, { dialect: name, stepSeconds: frameMicroseconds * 1e-6 });
  const right = recordings.filter((recording, i) => decide(plan, recording) === labels[i]).length;
  const count = recordings.length;
  // Twice the standard error around the class that the platforms span.
  const margin = 2 * Math.sqrt((publishedClass.low * (1 - publishedClass.low)) / count);
  const isInClass = right / count >= publishedClass.low - margin;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  if (accuracy === undefined) {
    const reason = `${right} of ${count} test recordings right, ${percent(right / count)}, dialect ${name}; nothing is published to compare with`;
    return { file, what: "N-MNIST accuracy", reason, expected: true };
  }
  const note =
    `${right} of ${count} test recordings right, ${percent(right / count)}; dialect ${name}, frames of ${frameMicroseconds} µs with event counts, ` +
    `OFF before ON, most output spikes win; ${percent(accuracy)} in the paper on 10,000, class ${percent(publishedClass.low)}…${percent(publishedClass.high)} − ${percent(margin)} for ${count} samples`;
  return { file, what: "N-MNIST accuracy below its class", values: 1, differing: isInClass ? 0 : 1, note };
}

function decide(plan: NirPlan, { times, x, y, polarity }: EventRecording): number {
  const run = startNir(plan);
  const output = assertDefined(plan.graph.outputs[0], "output");
  const start = times[0] ?? 0;
  const frame = new Float32Array(2 * side * side);
  const counts = new Float64Array(run.valuesOf(output).length);
  let event = 0;
  for (let end = start + frameMicroseconds; event < times.length; end += frameMicroseconds) {
    frame.fill(0);
    for (; event < times.length && (times[event] ?? 0) < end; event++) {
      const pixel = ((polarity[event] ?? 0) * side + (y[event] ?? 0)) * side + (x[event] ?? 0);
      frame[pixel] = (frame[pixel] ?? 0) + 1;
    }
    run.step([frame]);
    run.valuesOf(output).forEach((value, i) => (counts[i] = (counts[i] ?? 0) + value));
  }
  return counts.indexOf(Math.max(...counts));
}
