// What a command prints, as text: no colors, no cursor control. The caller adds both where a terminal has them.

import { kindBadges, figureText } from "./figure-text.ts";
import type { QuantityKind } from "../base/index.ts";
import type { Figure, FigureFormat } from "./report-data.ts";
import { visibleText } from "./markup.ts";

/** A column of a table in the terminal. */
export interface TextColumn {
  readonly title: string;
  /** Numbers are easier to compare on the right. */
  readonly align?: "left" | "right" | undefined;
  /** Cells wider than this are cut. */
  readonly maxWidth?: number | undefined;
}

/**
 * A table with aligned columns, two spaces between them and a ruled line below the head. Names from files are safe: line
 * ends, control and direction characters are made visible.
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) =>
    columns.map((column, i) => cutToWidth(singleLine(row[i] ?? ""), column.maxWidth ?? 60)),
  );
  const titles = columns.map((column) => singleLine(column.title));
  const widths = columns.map((_, i) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? "")), displayWidth(titles[i] ?? "")),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map((column, i) => padToWidth(row[i] ?? "", widths[i] ?? 0, column.align))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(titles), rule, ...cells.map(line)].map((text) => `${text}\n`).join("");
}

/** Columns of a terminal that a text takes: wide signs count two, combining and zero-width ones none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segments(text)) width += segmentWidth(segment);
  return width;
}

/** Fill with spaces up to a width in terminal columns. */
export function padToWidth(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? space + text : text + space;
}

/** Cut to a width in terminal columns; what is cut is shown by an ellipsis. */
export function cutToWidth(text: string, width: number): string {
  // No honest text needs more than 16 code units per column; measuring a longer one would only take time.
  if (text.length <= width * 16 && displayWidth(text) <= width) return text;
  let result = "";
  let used = 0;
  for (const { segment } of segments(text.slice(0, width * 16))) {
    const next = segmentWidth(segment);
    if (used + next > width - 1) return `${result}…`;
    result += segment;
    used += next;
  }
  return result.length === text.length ? result : `${result}…`;
}

/** Values as one line of eight block heights, `▁▂▃▄▅▆▇█`; a gap where a value is unknown. Scaled from the lowest to the highest. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const known = values.filter((v): v is number => v !== undefined && Number.isFinite(v));
  const low = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return values
    .map((v) => {
      if (v === undefined || !Number.isFinite(v)) return " ";
      const share = high > low ? (v - low) / (high - low) : 0;
      return sparks[Math.min(7, Math.floor(share * 8))] ?? " ";
    })
    .join("");
}

/** A bar of `width` columns filled by `share` (limited to 0…1), to an eighth of a column. */
export function progressBar(share: number, width = 20): string {
  const filled = Math.round(Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * width * 8);
  const whole = Math.floor(filled / 8);
  const part = eighths[filled % 8] ?? "";
  return (("█".repeat(whole) + part).slice(0, width) + "░".repeat(width)).slice(0, width);
}

/** Used and limit as a bar with its percentage: `██████░░  71 %`; more than the limit ends in `!`; what a target does not have is `none`. */
export function usageBar(used: number, limit: number, width = 20): string {
  if (!Number.isFinite(used) || !(limit >= 0)) return `${"·".repeat(width)}  unknown`;
  if (limit === 0) return used === 0 ? `${"·".repeat(width)}  none` : `${"█".repeat(width)}  none !`;
  const percent = Math.round((used / limit) * 100);
  return `${progressBar(used / limit, width)} ${String(percent).padStart(3)} %${used > limit ? " !" : ""}`;
}

/** Time as people say it: `420 ms`, `7.9 s`, `2 min 05 s`, `1 h 07 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "unknown";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(Math.round(seconds) % 60)} s`;
  const wholeMinutes = Math.round(seconds / 60);
  const hours = Math.floor(wholeMinutes / 60);
  if (hours < 24) return `${hours} h ${twoDigits(wholeMinutes % 60)} min`;
  const wholeHours = Math.round(seconds / 3600);
  return `${Math.floor(wholeHours / 24)} d ${wholeHours % 24} h`;
}

/** Badge of a kind of evidence: EST, SIM, RTL, SYN, PNR or MEAS. */
export function kindBadge(kind: QuantityKind): string {
  return kindBadges[kind];
}

/** Names and figures in aligned lines: value with unit, badge and band; unknown with its reason. */
export function figureLines(
  entries: readonly { readonly name: string; readonly quantity: Figure; readonly format?: FigureFormat | undefined }[],
): string {
  const width = entries.reduce((most, { name }) => Math.max(most, displayWidth(singleLine(name))), 0);
  return entries
    .map(({ name, quantity, format }) => `${padToWidth(singleLine(name), width)}  ${figureText(quantity, format)}\n`)
    .join("");
}

// ---------------------------------------------------------------------------------------------------------------------

const sparks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

function segments(text: string): Iterable<{ readonly segment: string }> {
  return segmenter.segment(text);
}

/** One grapheme: 2 for East Asian wide signs and emoji, 0 for lone marks, else 1. */
function segmentWidth(segment: string): number {
  const code = segment.codePointAt(0) ?? 0;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return /\uFE0F/u.test(segment) ? 2 : 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]/u.test(segment)) return 0;
  if (/^\p{Emoji_Presentation}/u.test(segment) || segment.includes("\uFE0F")) return 2;
  return wideRanges.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** East Asian wide and full-width ranges of Unicode (UAX 11), without the unassigned gaps. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

function singleLine(text: string): string {
  return visibleText(text.replaceAll(/\s+/gu, " "));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
