import { shortName } from "./markup.ts";

/** A cell: text is neutralized and quoted where needed, numbers keep every digit, undefined is empty. */
export type CsvCell = string | number | boolean | undefined;

/**
 * Comma-separated values, RFC 4180, lines ended by CR LF. Text that a spreadsheet would run as a formula gets a leading
 * apostrophe.
 *
 * @param maxText Longer texts are cut; by default none is.
 */
export function toCsv(
  header: readonly string[],
  rows: readonly (readonly CsvCell[])[],
  maxText: number = Number.MAX_SAFE_INTEGER,
): string {
  const line = (row: readonly CsvCell[]): string => row.map((cell) => cellText(cell, maxText)).join(",");
  return [header, ...rows].map((row) => `${line(row)}\r\n`).join("");
}

/** The same text as a link that needs no server. */
export function csvDataUri(csv: string): string {
  const bytes = new TextEncoder().encode(csv);
  let binary = "";
  for (const byte of bytes) binary += String.fromCodePoint(byte);
  return `data:text/csv;charset=utf-8;base64,${btoa(binary)}`;
}

// ---------------------------------------------------------------------------------------------------------------------

function cellText(cell: CsvCell, maxText: number): string {
  if (cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const text = cell.length <= maxText ? cell : shortName(cell, maxText);
  const safe = /^[\s\p{Cf}]*[=+\-@]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
