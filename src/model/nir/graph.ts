import type { DataGroup, DataLeaf, DataNumbers, Problem } from "../../base/index.ts";
import { dataNumbers } from "../../base/index.ts";

export { shownName } from "../../base/index.ts";
import type { NirNodeType } from "./node-types.ts";

/** A NIR file as plain data, nothing interpreted. Nodes keep the order of the file, which means nothing. */
export interface NirGraph {
  readonly kind: "nir-graph";
  /** Of the library that wrote the file; empty in nested graphs. */
  readonly version: string;
  readonly nodes: readonly NirNode[];
  readonly edges: readonly NirEdge[];
  /** What others noted; kept as it is. */
  readonly metadata: DataGroup | undefined;
}

export type NirEdge = readonly [from: string, to: string];

export type NirNode = NirPrimitive | NirSubgraph;

export interface NirPrimitive {
  readonly kind: "primitive";
  readonly name: string;
  readonly type: NirNodeType;
  /** By the names of the file, unknown ones included. */
  readonly fields: ReadonlyMap<string, DataLeaf>;
  readonly metadata: DataGroup | undefined;
}

export interface NirSubgraph {
  readonly kind: "subgraph";
  readonly name: string;
  readonly graph: NirGraph;
}

/** Something to tell about a file: an error refuses it, a note does not. */
export interface NirFinding extends Problem {
  readonly severity: "error" | "note";
  /** The repair that removes it, where there is one. */
  readonly repair?: RepairName;
}

export type RepairName = "duplicate-edges" | "input-shape" | "output-shape" | "scalars" | "v-reset";

/** The numbers of a field, or undefined when it is absent or a text. */
export function fieldNumbers(node: NirPrimitive, field: string): DataNumbers | undefined {
  const leaf = node.fields.get(field);
  return leaf?.kind === "numbers" ? leaf : undefined;
}

/** The text of a field, or undefined. */
export function fieldText(node: NirPrimitive, field: string): string | undefined {
  const leaf = node.fields.get(field);
  return leaf?.kind === "texts" ? leaf.values[0] : undefined;
}

/** A whole number or a list of them. */
export function fieldList(node: NirPrimitive, field: string): readonly number[] | undefined {
  const numbers = fieldNumbers(node, field);
  return numbers === undefined ? undefined : Array.from(numbers.values);
}

/** A primitive from its parts. */
export function nirNode(
  name: string,
  type: NirNodeType,
  fields: Readonly<Record<string, DataLeaf | undefined>>,
  metadata?: DataGroup,
): NirPrimitive {
  const given = Object.entries(fields).filter((entry): entry is [string, DataLeaf] => entry[1] !== undefined);
  return { kind: "primitive", name, type, fields: new Map(given), metadata };
}

/** Whole numbers as NIR stores them. */
export function nirIntegers(values: number | readonly number[]): DataNumbers {
  return dataNumbers(values, "int64");
}

/** A name inside nested graphs; names of a file have no slash. */
export function nestedName(...names: readonly string[]): string {
  return names.filter((name) => name !== "").join("/");
}
