// What the engine must reach, cell by cell: so many times as fast as another, on the same machine, in the same minutes.
import type { Mode } from "./bench-runner.ts";
import { workloads, type WorkloadName } from "./workloads.ts";

/** Whom a cell compares with: the better of the plain peers, a peer's compiled back end, or our own float inference. */
export type Rival = "plain" | "compiled" | "float";

export interface Cell {
  readonly workload: WorkloadName;
  readonly mode: Mode;
  readonly density: number;
  readonly threads: number;
  readonly rival: Rival;
  /** Least ratio of samples per second. */
  readonly goal: number;
}

export const cells: readonly Cell[] = [
  ...pair("W1", "train", [13, 22], 0.01),
  ...pair("W1", "train", [7.5, 11], 0.05),
  ...pair("W1", "train", [2.3, 3.5], 0.5),
  ...pair("W1", "infer", [6, 7]),
  ...pair("W2", "infer", [8, 10]),
  ...pair("W2", "train", [3.5, 5]),
  ...pair("W3", "infer", [6, 8]),
  ...pair("W3", "train", [3, 4.5]),
  ...pair("W4", "infer", [7, 8]),
  ...pair("W4", "train", [4, 5]),
  alone("W5", "plain", 14),
  alone("W5", "compiled", 8),
  alone("W5", "float", 1.8),
  alone("W1", "float", 1.8),
];

// ---------------------------------------------------------------------------------------------------------------------

/** Against the plain peers, on one thread and on two. */
function pair(
  workload: WorkloadName,
  mode: Mode,
  goals: readonly [number, number],
  density: number = workloads[workload].density,
): Cell[] {
  return goals.map((goal, i) => ({ workload, mode, density, threads: i + 1, rival: "plain", goal }));
}

function alone(workload: WorkloadName, rival: Rival, goal: number): Cell {
  return { workload, mode: "infer", density: workloads[workload].density, threads: 1, rival, goal };
}
