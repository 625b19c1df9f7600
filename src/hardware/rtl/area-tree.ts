import { assert, assertDefined } from "../../base/index.ts";
import { placeOf } from "./design-names.ts";
import type { SynthesizedCells } from "./synthesize-cells.ts";
import type { Technology } from "./technology.ts";

/** A layer, an instance, or the whole design, with the cells in it and below. */
export interface AreaNode {
  readonly name: string;
  /** Cells by the technology's resources, in their order; `other` last: every cell is in exactly one. */
  readonly counts: readonly number[];
  readonly parts: readonly AreaNode[];
}

/** What no instance has for itself: named after signals between instances, after pads, or by a tool. */
const sharedName = "shared after optimization, and pads";

/**
 * Where the cells are: layers, in them instances. Every cell counts once, at the nearest named signal, so that the parts of the design
 * sum to what the tool counted; of an instance, what is more than its parts is its own.
 *
 * @param layerNames  By index.
 */
export function areaTree(
  synthesis: SynthesizedCells,
  top: string,
  { resources }: Technology,
  layerNames: readonly string[],
): AreaNode {
  const root = emptyNode("design", resources.length + 1);
  for (const [name, type] of cellsOf(synthesis.netlist, top)) {
    const at = resources.findIndex(({ types }) => types.test(type));
    const column = at < 0 ? resources.length : at;
    let node = root;
    for (const part of [undefined, ...pathOf(name, layerNames)]) {
      if (part !== undefined) node = childOf(node, part);
      node.counts[column] = assertDefined(node.counts[column], "column of the area tree") + 1;
    }
  }
  const total = Object.values(synthesis.cells).reduce((sum, count) => sum + count, 0);
  const found = root.counts.reduce((sum, count) => sum + count, 0);
  assert(found === total, `the area tree holds ${found} cells, Yosys counted ${total}`);
  return root;
}

// ---------------------------------------------------------------------------------------------------------------------

interface GrowingNode extends AreaNode {
  readonly counts: number[];
  readonly parts: GrowingNode[];
}

function emptyNode(name: string, columns: number): GrowingNode {
  return { name, counts: Array.from({ length: columns }, () => 0), parts: [] };
}

function childOf(node: GrowingNode, name: string): GrowingNode {
  const known = node.parts.find((part) => part.name === name);
  if (known !== undefined) return known;
  const made = emptyNode(name, node.counts.length);
  node.parts.push(made);
  node.parts.sort((a, b) => (a.name < b.name ? -1 : 1));
  return made;
}

function pathOf(name: string, layerNames: readonly string[]): readonly string[] {
  const place = placeOf(name);
  if (place?.layer !== undefined) return [`layer ${place.layer} "${layerNames[place.layer] ?? "?"}"`, ...place.units];
  return place === undefined || place.units.length === 0 ? [sharedName] : place.units;
}

function cellsOf(netlist: string, top: string): (readonly [string, string])[] {
  const { modules } = JSON.parse(netlist) as {
    readonly modules: Readonly<Record<string, { readonly cells: Readonly<Record<string, { readonly type: string }>> }>>;
  };
  return Object.entries(assertDefined(modules[top], top).cells).map(([name, { type }]) => [name, type]);
}
