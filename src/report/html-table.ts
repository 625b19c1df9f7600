import { formatBand, formatFigure, kindBadges, kindMeanings, unknownReason } from "./figure-text.ts";
import { element, fragment, shortName, type Child, type Markup } from "./markup.ts";
import { isUnknown, type Figure, type FigureFormat, type Unknown } from "./report-data.ts";
import type { QuantityKind } from "../base/index.ts";

/** A column of a table on the page; numbers stand on the right. */
export interface HtmlColumn {
  readonly title: Child;
  readonly numeric?: boolean | undefined;
}

/** A table whose first cell of each row is a heading; wide ones scroll inside their own frame, also by keyboard. */
export function htmlTable(options: {
  readonly label: string;
  readonly columns: readonly HtmlColumn[];
  readonly rows: readonly (readonly Child[])[];
  readonly foot?: readonly Child[] | undefined;
}): Markup {
  const { label, columns, rows, foot } = options;
  const classOf = (i: number): string | undefined => (columns[i]?.numeric === true ? "number" : undefined);
  const row = (cells: readonly Child[]): Markup =>
    element(
      "tr",
      {},
      ...cells.map((cell, i) =>
        i === 0 ? element("th", { scope: "row" }, cell) : element("td", { class: classOf(i) }, cell),
      ),
    );
  const head = columns.map(({ title }, i) => element("th", { scope: "col", class: classOf(i) }, title));
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows.map(row)),
      foot === undefined ? undefined : element("tfoot", {}, row(foot)),
    ),
  );
}

/** A figure with badge and band; unknown with its reason. */
export function figureMarkup(figure: Figure, format: FigureFormat = "plain"): Markup {
  const reason = unknownReason(figure);
  if (reason !== undefined || isUnknown(figure)) return unknownMarkup({ unknown: reason ?? "" });
  const band = formatBand(figure, format);
  return element(
    "span",
    { class: "figure", title: shortName(figure.source, 200) },
    formatFigure(figure, format),
    " ",
    kindMarkup(figure.kind),
    band === undefined ? undefined : element("span", { class: "band" }, ` ${band}`),
  );
}

/** The badge of a kind of evidence. */
export function kindMarkup(kind: QuantityKind): Markup {
  return element("abbr", { class: `kind kind-${kind}`, title: kindMeanings[kind] }, kindBadges[kind]);
}

/** "unknown" with its reason. */
export function unknownMarkup({ unknown }: Unknown): Markup {
  return element(
    "span",
    { class: "unknown" },
    "unknown",
    element("span", { class: "reason" }, ` – ${shortName(unknown, 200)}`),
  );
}

/** Badges of several kinds, weakest first. */
export function kindsMarkup(kinds: readonly QuantityKind[]): Markup {
  return fragment(...kinds.map((kind, i) => fragment(i === 0 ? "" : " ", kindMarkup(kind))));
}
