// The report for machines. Schema 1.x adds members, never changes them; readers ignore what they do not know.

import { kindBadges } from "./figure-text.ts";
import type { Quantity, QuantityKind } from "../base/index.ts";
import { isUnknown, type ReportData } from "./report-data.ts";

/** Name and version of the JSON form. */
export const reportSchema = "lacuna.report/1.0";

/**
 * The report as JSON: quantities as `{ value, unit, kind, lo, hi, src }`, unknown as `{ value: null, reason }`. A number that is
 * not finite is `null`; its path and reason stand in `nonFinite`. Integers beyond 2^53 are strings.
 */
export function reportJson(data: ReportData): string {
  const nonFinite: NonFinite[] = [];
  const report = plain(data, "", nonFinite);
  return `${JSON.stringify({ schema: reportSchema, report, nonFinite }, undefined, 1)}\n`;
}

// ---------------------------------------------------------------------------------------------------------------------

interface NonFinite {
  readonly path: string;
  readonly reason: string;
}

const kinds: ReadonlySet<unknown> = new Set<QuantityKind>([
  "estimated",
  "simulated",
  "rtl",
  "synthesized",
  "placed",
  "measured",
]);

function plain(value: unknown, path: string, nonFinite: NonFinite[]): unknown {
  if (typeof value === "number") return plainNumber(value, path, nonFinite);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return typeof value === "function" ? undefined : value;
  if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}/${index}`, nonFinite));
  if (ArrayBuffer.isView(value)) return plain([...(value as unknown as Iterable<number>)], path, nonFinite);
  if (isQuantity(value)) return plainQuantity(value, path, nonFinite);
  if (isUnknown(value) && Object.keys(value).length === 1) return { value: null, reason: value.unknown };
  // fromEntries defines own members, so that a key such as "__proto__" stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, plain(member, `${path}/${pointerPart(key)}`, nonFinite)]),
  );
}

function plainNumber(value: number, path: string, nonFinite: NonFinite[]): number | string | null {
  if (!Number.isFinite(value)) {
    nonFinite.push({ path, reason: `not a finite number (${value})` });
    return null;
  }
  return Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER && Math.abs(value) < 1e21
    ? BigInt(value).toString()
    : value;
}

function plainQuantity(q: Quantity, path: string, nonFinite: NonFinite[]): unknown {
  const value = plainNumber(q.value, `${path}/value`, nonFinite);
  const base = { value, unit: q.unit, kind: kindBadges[q.kind] };
  const reason = value === null ? { reason: `not a finite number (${q.value})` } : {};
  const band =
    q.band === undefined
      ? {}
      : { lo: plainNumber(q.band.low, `${path}/lo`, nonFinite), hi: plainNumber(q.band.high, `${path}/hi`, nonFinite) };
  return { ...base, ...reason, ...band, src: q.source };
}

function isQuantity(value: object): value is Quantity {
  return (
    "value" in value &&
    typeof value.value === "number" &&
    "unit" in value &&
    typeof value.unit === "string" &&
    "source" in value &&
    typeof value.source === "string" &&
    "kind" in value &&
    kinds.has(value.kind)
  );
}

/** Escape a key for a JSON pointer (RFC 6901). */
function pointerPart(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
