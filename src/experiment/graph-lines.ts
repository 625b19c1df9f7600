// A graph as lines of text: unbroken ways on one line, feedback with an arrow of its own.

import { shownName, type FlatNode, type StepOrder } from "../model/nir/index.ts";

/** Most characters of a line. */
const width = 100;

/** "input → fc1 → lif1", then from every node where ways part or meet; "↺" leads to the next step. */
export function graphLines(nodes: readonly FlatNode[], { order, delayed }: StepOrder): string[] {
  const users = nodes.map((): number[] => []);
  nodes.forEach(({ from }, to) => from.forEach((source) => users[source]?.push(to)));
  const isLate = (from: number, to: number): boolean => delayed.get(to)?.has(from) === true;
  const isKnot = (node: number): boolean => nodes[node]?.from.length !== 1 || users[node]?.length !== 1;
  const name = (node: number): string => shownName(nodes[node]?.path ?? "").slice(1, -1);
  const lines: string[] = [];
  for (const start of order) {
    const from = nodes[start]?.from ?? [];
    // A way is told from where it begins; the rest of it follows on that line.
    if (!isKnot(start) && from.every((source) => !isLate(source, start))) continue;
    for (const next of users[start] ?? []) {
      const way = [name(start)];
      let [at, to]: [number, number | undefined] = [start, next];
      while (to !== undefined) {
        const late = isLate(at, to);
        way.push(`${late ? "↺" : "→"} ${name(to)}${late ? " (one step later)" : ""}`);
        at = to;
        to = late || isKnot(to) ? undefined : users[to]?.[0];
      }
      lines.push(...wrapped(way));
    }
  }
  return lines;
}

// ---------------------------------------------------------------------------------------------------------------------

function wrapped(way: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of way) {
    if (line !== "" && line.length + 1 + part.length > width) {
      lines.push(line);
      line = `    ${part}`;
    } else line = line === "" ? part : `${line} ${part}`;
  }
  return [...lines, line];
}
