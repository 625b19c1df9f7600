// The table of a benchmark with goals: a line for every number as it comes, all of them at the end, and 4 as the exit code when a goal
// is missed.
import { writeFileSync } from "node:fs";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";
import { flag } from "./flags.ts";

type Goal = readonly ["≥" | "≤" | "=", number];

interface Row {
  readonly what: string;
  readonly goal: string;
  readonly value: number;
  readonly unit: string;
  readonly kind: string;
  readonly met: boolean;
}

const rows: Row[] = [];

/** Add a number with its goal. */
export function add(what: string, value: number, unit: string, kind: string, [relation, bound]: Goal): void {
  const met = relation === "≥" ? value >= bound : relation === "≤" ? value <= bound : value === bound;
  rows.push({ what, goal: `${relation} ${bound}`, value, unit, kind, met });
  const shown = Number(value.toPrecision(4));
  console.log(`  ${met ? "✓" : "✗"} ${what}: ${shown} ${unit} (${kind}; goal ${relation} ${bound})`);
}

/** Print all rows, keep them for machines with `--json FILE`, and end the process. */
export function finish(): never {
  const columns = ["what", "value", "goal", "", "kind and source"].map((title) => ({ title }));
  const cells = rows.map((r) => [
    r.what,
    `${Number(r.value.toPrecision(4))} ${r.unit}`,
    r.goal,
    r.met ? "met" : "MISSED",
    r.kind,
  ]);
  console.log(`\n${textTable(columns, cells)}`);
  console.log(nodePlatform.machine.description);
  const file = flag("--json");
  if (file !== undefined) {
    writeFileSync(file, `${JSON.stringify({ machine: nodePlatform.machine, rows }, undefined, 2)}\n`);
  }
  process.exit(rows.every(({ met }) => met) ? 0 : 4);
}
