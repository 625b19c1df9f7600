/** A cell: text is neutralized and quoted where needed, numbers keep every digit, undefined is empty. */
export type CsvCell = string | number | boolean | undefined;

/**
 * Comma-separated values, RFC 4180, lines ended by CR LF. Text that a spreadsheet would run as a formula gets a leading
 * apostrophe.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

/** The same text as a link that needs no server. */
export function csvDataUri(csv: string): string {
  const bytes = new TextEncoder().encode(csv);
  let binary = "";
  for (const byte of bytes) binary += String.fromCodePoint(byte);
  return `data:text/csv;charset=utf-8;base64,${btoa(binary)}`;
}

// ---------------------------------------------------------------------------------------------------------------------

function cellText(cell: CsvCell): string {
  if (cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const safe = /^[\s\p{Cf}]*[=+\-@]/u.test(cell) || /^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
