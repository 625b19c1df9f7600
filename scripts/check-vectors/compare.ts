import type { Comparison } from "./checker.ts";

/** How far a value may be from its reference. A relative bound counts from 1 for references below it. */
export interface Bound {
  readonly unit: "ulp" | "relative" | "absolute";
  readonly bound: number;
  readonly note?: string;
}

/** Compare value by value; NaN equals NaN, and infinities equal themselves. Lengths that differ differ everywhere. */
export function compareValues(
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { unit, bound, note }: Bound,
): Comparison {
  let [differing, worst] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    const distance = distanceOf(got[i] ?? Number.NaN, want[i] ?? Number.NaN, unit);
    if (!(distance <= bound)) differing++;
    worst = Math.max(worst, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  if (got.length !== want.length) differing = Math.max(got.length, want.length);
  return { what, values: want.length, differing, worst, unit, bound, ...(note === undefined ? {} : { note }) };
}

/** Compare exactly: spikes, classes, counts. */
export function compareExactly(what: string, got: ArrayLike<number>, want: ArrayLike<number>): Comparison {
  const length = Math.max(got.length, want.length);
  let differing = 0;
  for (let i = 0; i < length; i++) if (got[i] !== want[i]) differing++;
  return { what, values: want.length, differing };
}

/** Every number of a nested array as a 32-bit float, in order. */
export function flatten(value: unknown): Float32Array {
  return Float32Array.from(flatNumbers(value));
}

/** Units in the last place of 32-bit floats between two values. */
export function ulpDistance(a: number, b: number): number {
  return Math.abs(orderedBits(a) - orderedBits(b));
}

// ---------------------------------------------------------------------------------------------------------------------

const view = new DataView(new ArrayBuffer(4));

/** Floats in their order as integers, both zeros being 0. */
function orderedBits(value: number): number {
  view.setFloat32(0, value);
  const bits = view.getInt32(0);
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

function distanceOf(got: number, want: number, unit: Bound["unit"]): number {
  if (Object.is(got, want) || got === want) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(want)) return Number.NaN;
  const difference = Math.abs(got - want);
  if (unit === "ulp") return ulpDistance(got, want);
  return unit === "absolute" ? difference : difference / Math.max(1, Math.abs(want));
}

function flatNumbers(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (Array.isArray(value)) return value.flatMap(flatNumbers);
  throw new TypeError(`expected numbers, got ${typeof value}`);
}
