import { csvDataUri, toCsv, type CsvCell } from "../csv.ts";
import { htmlTable } from "../html-table.ts";
import { element, fragment, shortName, type Child, type Markup } from "../markup.ts";

/** The same numbers as a table: for those who cannot see the picture, and for spreadsheets. */
export interface ChartTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
  /** Full text when it holds more than the table shows. */
  readonly csv?: string | undefined;
  /** Said below a table that is not complete. */
  readonly omitted?: string | undefined;
}

/** Characters of a text in a CSV that is embedded in the page; the files beside the page have all. */
export const maxCsvText = 120;

/** A chart with everything around it: title, a sentence that says what is seen, table and CSV. */
export function chartFigure(options: {
  readonly id: string;
  readonly title: string;
  /** One sentence: what the picture shows, for every reader. */
  readonly caption: Child;
  readonly picture: Markup;
  readonly table: ChartTable;
  readonly controls?: Markup | undefined;
}): Markup {
  const { id, title, caption, picture, table, controls } = options;
  const csv = table.csv ?? toCsv(table.header, table.rows, maxCsvText);
  return element(
    "figure",
    { class: "chart", id },
    element("figcaption", {}, element("strong", {}, `${title}. `), caption),
    controls,
    element("div", { class: "plot scroll", tabindex: "0", role: "region", "aria-label": title }, picture),
    element(
      "div",
      { class: "tools" },
      element("details", {}, element("summary", {}, "Table"), tableOf(title, table)),
      element("a", { class: "download", download: `${id}.csv`, href: csvDataUri(csv) }, "CSV"),
    ),
  );
}

/** An entry of a legend; with a toggle it is a check box as well. */
export interface LegendEntry {
  readonly mark: Markup;
  readonly name: string;
  readonly toggle?: { readonly id: string; readonly checked: boolean } | undefined;
}

/** Names of series with their marks. */
export function legend(entries: readonly LegendEntry[]): Markup {
  return element("div", { class: "legend" }, ...entries.map(legendEntry));
}

// ---------------------------------------------------------------------------------------------------------------------

function legendEntry({ mark, name, toggle }: LegendEntry): Markup {
  const picture = element("svg", { width: "16", height: "12", viewBox: "-8 -6 16 12", "aria-hidden": "true" }, mark);
  if (toggle === undefined) return element("span", {}, picture, " ", name);
  const checked = toggle.checked ? true : undefined;
  return element("label", {}, element("input", { type: "checkbox", id: toggle.id, checked }), picture, " ", name);
}

/** Rows that a table on the page holds; the CSV has all of them. */
const maxRows = 300;

function tableOf(title: string, { header, rows, omitted }: ChartTable): Markup {
  const shown = rows.slice(0, maxRows);
  const rest = rows.length - shown.length;
  const notes = [omitted, rest > 0 ? `${rest} more rows in the CSV.` : undefined].filter((n) => n !== undefined);
  return fragment(
    htmlTable({
      label: `${title}: table`,
      columns: header.map((text, i) => ({
        title: shortName(text),
        numeric: rows.some((row) => typeof row[i] === "number"),
      })),
      rows: shown.map((row) => row.map((cell) => cellText(cell))),
    }),
    ...notes.map((note) => element("p", { class: "note" }, note)),
  );
}

function cellText(cell: CsvCell): string {
  if (cell === undefined) return "–";
  if (typeof cell !== "number") return shortName(String(cell));
  return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(5)));
}
