// The graphs of a folder, each read once, and runs of them.

import { globSync } from "node:fs";
import path from "node:path";
import { assertDefined, UserError } from "../../src/base/index.ts";
import { startNir } from "../../src/compute/nir/index.ts";
import {
  planNir,
  readNir,
  soundGraph,
  type Discretization,
  type NirGraph,
  type NirPlan,
} from "../../src/model/nir/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";

export interface Folder {
  readonly path: string;
  /** Below the folder, sorted. */
  readonly names: readonly string[];
}

export function openFolder(folder: string): Folder {
  return {
    path: folder,
    names: globSync("**/*", { cwd: folder })
      .map((name) => name.replaceAll("\\", "/"))
      .sort(),
  };
}

export function fullPath(folder: Folder, name: string): string {
  return path.join(folder.path, name);
}

const known = new Map<string, Promise<NirGraph>>();

/** @throws what reading throws */
export function graphAt(folder: Folder, name: string): Promise<NirGraph> {
  const file = fullPath(folder, name);
  const reading = known.get(file) ?? readGraph(file, name);
  known.set(file, reading);
  return reading;
}

/**
 * The file of the folder whose name without folders is `base`, or undefined.
 * @param near  Where several have it, the one that shares most folders with this file.
 */
export function fileNamed(folder: Folder, base: string, near = ""): string | undefined {
  return nearest(
    folder.names.filter((name) => path.posix.basename(name) === base),
    near,
  );
}

/** The file that shares most folders with `near`. */
export function nearest(names: readonly string[], near: string): string | undefined {
  const own = near.split("/");
  const shared = (name: string): number => {
    const parts = name.split("/");
    const differs = own.findIndex((part, i) => parts[i] !== part);
    return differs < 0 ? own.length : differs;
  };
  return names.toSorted((a, b) => shared(b) - shared(a))[0];
}

/** What nodes gave in every step: spikes, or potentials where asked for. Shape [step, cell] each. */
export function record(
  graph: NirGraph,
  discretization: Discretization,
  inputs: readonly (readonly number[])[],
  watch: readonly string[],
): { readonly spikes: ReadonlyMap<string, number[]>; readonly potentials: ReadonlyMap<string, number[]> } {
  const plan = planNir(graph, discretization);
  const run = startNir(plan);
  const watched = watch.map((name) => ({
    name,
    index: nodeAt(plan, name),
    spikes: [] as number[],
    potentials: [] as number[],
  }));
  for (const values of inputs) {
    run.step([Float32Array.from(values)]);
    for (const { index, spikes, potentials } of watched) {
      spikes.push(...run.valuesOf(index));
      if (plan.populations.has(index)) potentials.push(...(run.neuronsOf(index).state["v"] ?? []));
    }
  }
  return {
    spikes: new Map(watched.map(({ name, spikes }) => [name, spikes])),
    potentials: new Map(watched.map(({ name, potentials }) => [name, potentials])),
  };
}

/** The neuron node that the input reaches first. */
export function firstNeurons(graph: NirGraph, discretization: Discretization): string {
  const plan = planNir(graph, discretization);
  const index = assertDefined(
    plan.order.find((node) => plan.populations.has(node)),
    "neurons",
  );
  return assertDefined(plan.graph.nodes[index], "node").path;
}

// ---------------------------------------------------------------------------------------------------------------------

async function readGraph(file: string, name: string): Promise<NirGraph> {
  const tree = await nodePlatform.hdf5.read(await nodePlatform.files.read(file), name);
  return soundGraph(readNir(tree, name), name);
}

function nodeAt(plan: NirPlan, name: string): number {
  const index = plan.graph.nodes.findIndex(({ path: own }) => own === name || own.replaceAll("/", ".") === name);
  if (index >= 0) return index;
  throw new UserError("nir/missing-node", `there is no node "${name}"`);
}
