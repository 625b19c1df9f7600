// Pareto fronts. Every function takes costs: smaller is better in each column. Maximized objectives enter with their sign changed.

import { assertDefined } from "../base/index.ts";

/** Costs of one design, one number per objective. */
export type Costs = readonly number[];

/** Whether `a` is at least as good everywhere and better somewhere. */
export function dominates(a: Costs, b: Costs): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if ((a[i] ?? 0) > (b[i] ?? 0)) return false;
    if ((a[i] ?? 0) < (b[i] ?? 0)) better = true;
  }
  return better;
}

/** Indices of the points that no other dominates, ascending. Equal points stay together. */
export function nonDominated(points: readonly Costs[]): number[] {
  const order = points.map((_, i) => i).sort((a, b) => lexicographic(at(points, a), at(points, b)) || a - b);
  const front: number[] = [];
  // In lexicographic order nobody is dominated by a later point.
  for (const i of order) if (!front.some((j) => dominates(at(points, j), at(points, i)))) front.push(i);
  return front.sort((a, b) => a - b);
}

/**
 * Fronts one behind the other: the first is the Pareto front, the next what remains without it. Indices ascend in each.
 * @source X. Zhang et al., efficient non-dominated sort with binary search, 2015, doi:10.1109/TEVC.2014.2308305
 */
export function sortFronts(points: readonly Costs[]): number[][] {
  const order = points.map((_, i) => i).sort((a, b) => lexicographic(at(points, a), at(points, b)) || a - b);
  const fronts: number[][] = [];
  // In lexicographic order nobody is dominated by a later point, and who is dominated in one front is so in all before it.
  for (const i of order) {
    let low = 0;
    let high = fronts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isDominatedIn(points, fronts[middle] ?? [], at(points, i))) low = middle + 1;
      else high = middle;
    }
    const front = fronts[low];
    if (front === undefined) fronts.push([i]);
    else front.push(i);
  }
  for (const front of fronts) front.sort((a, b) => a - b);
  return fronts;
}

/**
 * Crowding distance of each point of a front: how much room its neighbours leave; infinite at the ends.
 * @source K. Deb et al., 2002, doi:10.1109/4235.996017
 */
export function crowding(points: readonly Costs[]): number[] {
  const distance = new Array<number>(points.length).fill(0);
  const objectives = points[0]?.length ?? 0;
  for (let k = 0; k < objectives; k++) {
    const order = points.map((_, i) => i).sort((a, b) => value(points, a, k) - value(points, b, k) || a - b);
    const first = assertDefined(order[0], "point");
    const last = assertDefined(order.at(-1), "point");
    const range = value(points, last, k) - value(points, first, k);
    distance[first] = Number.POSITIVE_INFINITY;
    distance[last] = Number.POSITIVE_INFINITY;
    if (range === 0) continue;
    for (let i = 1; i < order.length - 1; i++) {
      const gap = value(points, order[i + 1] ?? 0, k) - value(points, order[i - 1] ?? 0, k);
      const here = order[i] ?? 0;
      distance[here] = (distance[here] ?? 0) + gap / range;
    }
  }
  return distance;
}

/**
 * Volume that a set of points dominates up to `reference`; points that are not better than the reference everywhere add nothing.
 * Exact, by slicing along the last objective.
 */
export function hypervolume(points: readonly Costs[], reference: Costs): number {
  const inside = points.filter((point) => point.every((cost, k) => cost < (reference[k] ?? 0)));
  if (inside.length === 0) return 0;
  if (reference.length === 1) return (reference[0] ?? 0) - Math.min(...inside.map((point) => point[0] ?? 0));
  const last = reference.length - 1;
  const sorted = inside.toSorted((a, b) => (a[last] ?? 0) - (b[last] ?? 0));
  let volume = 0;
  for (let i = 0; i < sorted.length; i++) {
    const height = (sorted[i + 1]?.[last] ?? reference[last] ?? 0) - (sorted[i]?.[last] ?? 0);
    if (height <= 0) continue;
    const slice = sorted.slice(0, i + 1).map((point) => point.slice(0, last));
    const front = nonDominated(slice).map((k) => assertDefined(slice[k], "point"));
    volume += height * hypervolume(front, reference.slice(0, last));
  }
  return volume;
}

/** How a knee is found. */
export type KneeRule = "ideal" | "plane";

/**
 * The knee of a front after scaling every objective to 0…1 over it. "ideal": the point nearest to the corner that is best in all
 * objectives. "plane": the point that lies farthest below the plane through the worst of each objective, where Σ scaled = 1.
 * Of equals, the first.
 * @returns Its index, its distance to corner or plane, and a sentence that says so; undefined for an empty front.
 */
export function knee(
  points: readonly Costs[],
  rule: KneeRule = "ideal",
): { readonly index: number; readonly distance: number; readonly reason: string } | undefined {
  const objectives = points[0]?.length ?? 0;
  const ranges = Array.from({ length: objectives }, (_, k) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const point of points) [low, high] = [Math.min(low, point[k] ?? 0), Math.max(high, point[k] ?? 0)];
    return { low, span: high - low };
  });
  const distances = points.map((point) => {
    const scaled = ranges.map(({ low, span }, k) => (span === 0 ? 0 : ((point[k] ?? 0) - low) / span));
    if (rule === "ideal") return Math.sqrt(scaled.reduce((sum, x) => sum + x ** 2, 0));
    return (1 - scaled.reduce((sum, x) => sum + x, 0)) / Math.sqrt(objectives);
  });
  const isBetter = (a: number, b: number): boolean => (rule === "ideal" ? a < b : a > b);
  const index = distances.reduce((best, distance, i) => (isBetter(distance, distances[best] ?? 0) ? i : best), 0);
  const distance = distances[index];
  if (distance === undefined) return undefined;
  const where =
    rule === "ideal" ? "nearest to the best of every objective" : "farthest below the plane of the extremes";
  return { index, distance, reason: `${where}, distance ${distance.toFixed(2)} after scaling each to 0…1` };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The last of a front are the nearest in order, and the likeliest to dominate. */
function isDominatedIn(points: readonly Costs[], front: readonly number[], point: Costs): boolean {
  for (let k = front.length - 1; k >= 0; k--) {
    if (dominates(at(points, front[k] ?? 0), point)) return true;
  }
  return false;
}

function at(points: readonly Costs[], index: number): Costs {
  return assertDefined(points[index], "point");
}

function value(points: readonly Costs[], index: number, objective: number): number {
  return points[index]?.[objective] ?? 0;
}

function lexicographic(a: Costs, b: Costs): number {
  for (let k = 0; k < a.length; k++) {
    const difference = (a[k] ?? 0) - (b[k] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
