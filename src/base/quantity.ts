/** How a number came to be, from the weakest to the strongest evidence. */
export type QuantityKind = "estimated" | "simulated" | "rtl" | "synthesized" | "placed" | "measured";

/** All kinds, the weakest evidence first. */
export const quantityKinds: readonly QuantityKind[] = [
  "estimated",
  "simulated",
  "rtl",
  "synthesized",
  "placed",
  "measured",
];

/** Units that leave the code; SI inside, prefixes only at the edge of a screen. */
export type Unit = "J" | "s" | "W" | "Hz" | "bit" | "m²" | "1" | "cell" | "cycle" | "block" | "op";

/** A number that may leave the code: never bare, unknown is `undefined`, never 0. */
export interface Quantity {
  readonly value: number;
  readonly unit: Unit;
  readonly kind: QuantityKind;
  /** Where the number comes from: a tool with its version, a paper, a count. */
  readonly source: string;
  /** The range in which the true value is expected. */
  readonly band?: { readonly low: number; readonly high: number };
}

/** Make a quantity; the unit and the evidence are never left out. */
export function quantity(
  value: number,
  unit: Unit,
  kind: QuantityKind,
  source: string,
  band?: { readonly low: number; readonly high: number },
): Quantity {
  return band === undefined ? { value, unit, kind, source } : { value, unit, kind, source, band };
}

/** Picojoules to joules. */
export const pJ = (value: number): number => value * 1e-12;
/** Nanoseconds to seconds. */
export const ns = (value: number): number => value * 1e-9;
/** Microwatts to watts. */
export const uW = (value: number): number => value * 1e-6;
/** Megahertz to hertz. */
export const MHz = (value: number): number => value * 1e6;

/** Add quantities of one unit; the sum is only as strong as its weakest part. */
export function sumQuantities(parts: readonly Quantity[], source: string): Quantity | undefined {
  const first = parts[0];
  if (first === undefined) return undefined;
  let weakest = quantityKinds.length - 1;
  let value = 0;
  for (const part of parts) {
    if (part.unit !== first.unit) throw new RangeError(`cannot add ${part.unit} to ${first.unit}`);
    weakest = Math.min(weakest, quantityKinds.indexOf(part.kind));
    value += part.value;
  }
  return quantity(value, first.unit, quantityKinds[weakest] ?? "estimated", source);
}

/** SI prefixes with their factors, the largest first. */
export const siPrefixes: readonly (readonly [factor: number, prefix: string])[] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
  [1e-12, "p"],
  [1e-15, "f"],
];

/** Print a value with an SI prefix: `1.82 µJ`; what is no number is "unknown". Counts ("cell", "cycle", "block", "bit", "op") are printed whole. */
export function formatQuantity(q: Quantity | undefined, digits = 3): string {
  if (q === undefined || !Number.isFinite(q.value)) return "unknown";
  if (q.unit === "1") return Number(q.value.toPrecision(digits)).toString();
  if (q.unit === "cell" || q.unit === "cycle" || q.unit === "block" || q.unit === "bit" || q.unit === "op") {
    return `${Math.round(q.value).toLocaleString("en-US")} ${plural(q.unit, q.value)}`;
  }
  if (q.value === 0) return `0 ${q.unit}`;
  // A prefix counts in each dimension: 1 mm² is 1e-6 m². The rounded value decides: 999.9 µs is 1 ms.
  const factorOf = (scale: number): number => (q.unit === "m²" ? scale * scale : scale);
  const rounded = Math.abs(Number(q.value.toPrecision(digits)));
  const [scale, prefix] = siPrefixes.find(([s]) => rounded >= factorOf(s)) ?? [1e-15, "f"];
  return `${Number((q.value / factorOf(scale)).toPrecision(digits))} ${prefix}${q.unit}`;
}

function plural(unit: string, value: number): string {
  return value === 1 ? unit : `${unit}s`;
}
