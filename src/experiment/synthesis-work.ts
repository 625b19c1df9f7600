// What `synth` does with a design folder.

import { quantity, suggestName, UserError, type Quantity } from "../base/index.ts";
import {
  areaTree,
  ice40Technology,
  layersOfPath,
  placeAndRoute,
  projectFiles,
  synthesize,
  synthesizeCells,
  technologies,
  type AreaNode,
  type PlacementReport,
  type SynthesizedCells,
  type Technology,
  type TechnologyName,
} from "../hardware/rtl/index.ts";
import { loadDesign, type SavedDesign } from "./design-folder.ts";
import type { FolderTask } from "./design-work.ts";

/** A slow path of a placed design, in the network's words. */
export interface NamedPath {
  readonly from: string;
  readonly to: string;
  /** The clocks, or `pad`, that it leads from and to. */
  readonly clocks: readonly [string, string];
  readonly delay: Quantity;
  /** Layers, or units outside of them, in the order of the path. */
  readonly layers: readonly { readonly name: string; readonly seconds: number }[];
}

/** A design as cells: by module, and placed where the tools can. */
export interface SynthesisResult {
  readonly title: string;
  readonly rows: readonly (readonly [string, Quantity])[];
  /** Cells by layer and module, one column for each title. */
  readonly tree: { readonly columns: readonly string[]; readonly root: AreaNode };
  /** Undefined: not placed, so nothing is timed. */
  readonly paths: readonly NamedPath[] | undefined;
  /** What was written into the folder. */
  readonly files: readonly string[];
}

/**
 * Synthesize a design folder for its target and place it, or for another technology, with project files for the vendor's tools.
 * @throws `usage/flag` for an unknown technology; `rtl/synthesis`, `fit/does-not-place`
 */
export async function synthesizeFolder(
  options: FolderTask & { readonly place: boolean; readonly technology?: string | undefined },
): Promise<SynthesisResult> {
  const saved = await loadDesign(options.platform.files, options.folder);
  const name = options.technology;
  return name === undefined ? forTarget(options, saved) : forTechnology(options, saved, technologyName(name));
}

// ---------------------------------------------------------------------------------------------------------------------

function technologyName(name: string): TechnologyName {
  if (Object.hasOwn(technologies, name)) return name as TechnologyName;
  throw new UserError("usage/flag", `--for ${name}: ${suggestName(name, Object.keys(technologies))}`, {
    exit: "usage",
  });
}

async function forTechnology(
  { platform, folder, signal }: FolderTask,
  saved: SavedDesign,
  name: TechnologyName,
): Promise<SynthesisResult> {
  const technology = technologies[name];
  const synthesis = await synthesizeCells(platform, saved.design, technology, signal);
  const files = projectFiles(name, saved.design, synthesis.netlist);
  for (const file of files) await platform.files.write(`${folder}/${file.name}`, file.text);
  return {
    title: technology.title,
    rows: synthesis.resources,
    tree: treeOf(saved, synthesis, technology),
    paths: undefined,
    files: files.map((file) => file.name),
  };
}

async function forTarget(
  { platform, folder, signal, place }: FolderTask & { readonly place: boolean },
  saved: SavedDesign,
): Promise<SynthesisResult> {
  const { mapping, design } = saved;
  const { target } = mapping;
  const synthesis = await synthesize({ platform, design, target, signal });
  const tree = treeOf(saved, synthesis, ice40Technology(target));
  const rows = synthesis.resources;
  if (!place) return { title: target.title, rows, tree, paths: undefined, files: [] };
  const placed = await placeAndRoute({ platform, synthesis, target, signal });
  await platform.files.write(`${folder}/design.bin`, placed.bitstream);
  return {
    title: target.title,
    rows: [...rows, ["logic cells", placed.logicCells], ["pins", placed.pins], ["clock", placed.maxFrequency]],
    tree,
    paths: namePaths(placed, layerNames(saved)),
    files: ["design.bin"],
  };
}

function layerNames({ mapping }: SavedDesign): readonly string[] {
  return mapping.network.layers.map(({ name }) => name);
}

function treeOf(saved: SavedDesign, synthesis: SynthesizedCells, technology: Technology): SynthesisResult["tree"] {
  const columns = [...technology.resources.map(({ title }) => title), "other cells"];
  return { columns, root: areaTree(synthesis, saved.design.top, technology, layerNames(saved)) };
}

function namePaths({ paths, maxFrequency }: PlacementReport, names: readonly string[]): readonly NamedPath[] {
  return paths.map((path) => ({
    from: path.from,
    to: path.to,
    clocks: [path.fromClock, path.toClock],
    delay: quantity(path.seconds, "s", "placed", maxFrequency.source),
    layers: layersOfPath(path, names),
  }));
}
