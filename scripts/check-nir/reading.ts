// Every file is read, or refused with a code; what is read is written and read again, here and by Python.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError, type DataGroup } from "../../src/base/index.ts";
import {
  isNirData,
  networkOfNir,
  nirOfNetwork,
  planNir,
  readNir,
  readNirData,
  soundGraph,
  writeNir,
  writeNirData,
  type NirGraph,
} from "../../src/model/nir/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { fullPath, type Folder } from "./graphs.ts";
import type { Result } from "./result.ts";

const { files, hdf5, processes } = nodePlatform;

export async function checkReading(folder: Folder): Promise<Result[]> {
  const results: Result[] = [];
  const python = await pythonAt();
  const scratch = mkdtempSync(path.join(tmpdir(), "check-nir-"));
  try {
    for (const file of folder.names.filter((name) => /\.(nir|h5|hdf5)$/.test(name))) {
      results.push(...(await checkFile(folder, file, path.join(scratch, "written.nir"), python)));
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return results;
}

// ---------------------------------------------------------------------------------------------------------------------

async function checkFile(folder: Folder, file: string, written: string, python: Python): Promise<Result[]> {
  let tree: DataGroup;
  try {
    tree = await hdf5.read(await files.read(fullPath(folder, file)), file);
    const again = await writtenAndRead(tree, file, written);
    const results: Result[] = [{ file, what: "written and read again", values: 1, differing: again ? 0 : 1 }];
    if (isNirData(tree)) return results;
    results.push(await readByPython(fullPath(folder, file), file, written, python));
    return [...results, ...(await checkAsNetwork(tree, file, written, python))];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ file, what: "read", reason: `refused, ${error.code}: ${error.message}`, expected: true }];
  }
}

/** Whether the file, written by us, holds the same. */
async function writtenAndRead(tree: DataGroup, file: string, written: string): Promise<boolean> {
  if (isNirData(tree)) {
    const data = readNirData(tree, file);
    await files.write(written, await hdf5.write(writeNirData(data)));
    return isDeepStrictEqual(readNirData(await hdf5.read(await files.read(written), file), file), data);
  }
  const graph = soundGraph(readNir(tree, file), file);
  await files.write(written, await hdf5.write(writeNir(graph)));
  const again = readNir(await hdf5.read(await files.read(written), file), file);
  return isDeepStrictEqual(soundGraph(again, file), graph);
}

/** A chain as a network of ours, written as NIR by its own writer and read again, here and by Python. */
async function checkAsNetwork(tree: DataGroup, file: string, written: string, python: Python): Promise<Result[]> {
  const what = "as a network, written by us";
  const graph = soundGraph(readNir(tree, file), file);
  const stepSeconds = 1e-4;
  let own: NirGraph;
  try {
    const { network } = networkOfNir(planNir(graph, { dialect: "nir", stepSeconds }), { name: file, stepCount: 10 });
    own = nirOfNetwork(network, stepSeconds).graph;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ file, what, reason: `not written, ${error.code}: ${error.message}`, expected: true }];
  }
  await files.write(written, await hdf5.write(writeNir(own)));
  const again = soundGraph(readNir(await hdf5.read(await files.read(written), file), file), file);
  const isEqual = isDeepStrictEqual(byName({ ...again, version: "" }), byName(own));
  const results: Result[] = [{ file, what: `${what}, read again`, values: 1, differing: isEqual ? 0 : 1 }];
  if ("reason" in python) return results;
  const { what: _, ...found } = (await readByPython(written, file, written, python)) as Result & { what: string };
  return [...results, { ...found, what: `${what}, read by Python` } as Result];
}

/** Readers list nodes in the order of the alphabet, and fields in theirs. */
function byName({ nodes, edges, metadata }: NirGraph): unknown {
  const named = nodes.map((node) =>
    node.kind === "subgraph"
      ? [node.name, byName(node.graph)]
      : [node.name, node.type, [...node.fields].toSorted(first)],
  );
  return [named.toSorted(first), edges, [...(metadata?.members ?? [])].toSorted(first)];
}

function first(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

type Python = { readonly command: string } | { readonly reason: string };

async function pythonAt(): Promise<Python> {
  const candidates = ["/usr/bin/python3", await processes.find("python3")];
  for (const command of candidates) {
    if (command === undefined || !(await files.exists(command))) continue;
    const { status } = await processes.run(command, ["-c", "import h5py, numpy"], { folder: ".", timeoutSeconds: 60 });
    if (status === 0) return { command };
  }
  return { reason: "skipped: there is no Python with h5py" };
}

async function readByPython(original: string, file: string, written: string, python: Python): Promise<Result> {
  const what = "our copy read by Python";
  if ("reason" in python) return { file, what, reason: python.reason, expected: true };
  const script = path.join(import.meta.dirname, "compare.py");
  const args = [script, original, written];
  const { status, output } = await processes.run(python.command, args, { folder: ".", timeoutSeconds: 120 });
  const last = output.trim().split("\n").at(-1) ?? "";
  if (status !== 0) return { file, what, values: 1, differing: 1, note: last.slice(0, 200) };
  const found = JSON.parse(last) as { values: number; differing: number; nir: string };
  return { file, what, values: found.values, differing: found.differing, note: found.nir };
}
