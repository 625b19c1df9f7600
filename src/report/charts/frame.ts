import { csvDataUri, toCsv, type CsvCell } from "../csv.ts";
import { htmlTable } from "../html-table.ts";
import { element, fragment, type Child, type Markup } from "../markup.ts";

/** The same numbers as a table: for those who cannot see the picture, and for spreadsheets. */
export interface ChartTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
  /** Full text when it holds more than the table shows. */
  readonly csv?: string | undefined;
  /** Said below a table that is not complete. */
  readonly omitted?: string | undefined;
}

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
  const csv = table.csv ?? toCsv(table.header, table.rows);
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

/** Names of series with their marks. */
export function legend(entries: readonly { readonly mark: Markup; readonly name: string }[]): Markup {
  return element(
    "div",
    { class: "legend" },
    ...entries.map(({ mark, name }) =>
      element(
        "span",
        {},
        element("svg", { width: "16", height: "12", viewBox: "-8 -6 16 12", "aria-hidden": "true" }, mark),
        " ",
        name,
      ),
    ),
  );
}

// ---------------------------------------------------------------------------------------------------------------------

/** Rows that a table on the page holds; the CSV has all of them. */
const maxRows = 300;

function tableOf(title: string, { header, rows, omitted }: ChartTable): Markup {
  const shown = rows.slice(0, maxRows);
  const rest = rows.length - shown.length;
  const notes = [omitted, rest > 0 ? `${rest} more rows in the CSV.` : undefined].filter((n) => n !== undefined);
  return fragment(
    htmlTable({
      label: `${title}: table`,
      columns: header.map((text, i) => ({ title: text, numeric: rows.some((row) => typeof row[i] === "number") })),
      rows: shown.map((row) => row.map((cell) => cellText(cell))),
    }),
    ...notes.map((note) => element("p", { class: "note" }, note)),
  );
}

function cellText(cell: CsvCell): string {
  if (cell === undefined) return "–";
  if (typeof cell !== "number") return String(cell);
  return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(5)));
}
