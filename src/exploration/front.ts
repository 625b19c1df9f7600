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

/** Fronts one behind the other: the first is the Pareto front, the next what remains without it. */
export function sortFronts(points: readonly Costs[]): number[][] {
  const fronts: number[][] = [];
  let rest = points.map((_, i) => i);
  while (rest.length > 0) {
    const first = nonDominated(rest.map((i) => at(points, i))).map((k) => assertDefined(rest[k], "index"));
    fronts.push(first);
    const taken = new Set(first);
    rest = rest.filter((i) => !taken.has(i));
  }
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

/**
 * The knee of a front: after scaling every objective to 0…1 over the front, the point nearest to the ideal corner.
 * @returns Its index and distance; undefined for an empty front.
 */
export function knee(points: readonly Costs[]): { readonly index: number; readonly distance: number } | undefined {
  const objectives = points[0]?.length ?? 0;
  const ranges = Array.from({ length: objectives }, (_, k) => {
    const column = points.map((point) => point[k] ?? 0);
    const low = Math.min(...column);
    return { low, span: Math.max(...column) - low };
  });
  let best: { index: number; distance: number } | undefined;
  points.forEach((point, index) => {
    const squares = ranges.map(({ low, span }, k) => (span === 0 ? 0 : (((point[k] ?? 0) - low) / span) ** 2));
    const distance = Math.sqrt(squares.reduce((a, b) => a + b, 0));
    if (best === undefined || distance < best.distance) best = { index, distance };
  });
  return best;
}

// ---------------------------------------------------------------------------------------------------------------------

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
