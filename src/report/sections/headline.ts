import { figureMarkup } from "../html-table.ts";
import { element, fragment, prose, shortName, type Markup } from "../markup.ts";
import { isUnknown, type ReportData } from "../report-data.ts";

/** Title, abstract and the strip of numbers that answers most questions. */
export function headline(data: ReportData): Markup {
  return element(
    "header",
    { id: "top" },
    element("h1", {}, shortName(data.title, 120)),
    element("p", { class: "abstract" }, prose(data.abstract)),
    element("p", { class: "note" }, `${shortName(data.generator, 80)}, ${shortName(data.createdAt)}`),
    element("div", { class: "strip" }, verdict(data), ...data.summary.map(summaryCard)),
  );
}

// ---------------------------------------------------------------------------------------------------------------------

function summaryCard({ name, quantity, format, note }: ReportData["summary"][number]): Markup {
  return element(
    "div",
    { class: "card" },
    element("div", { class: "card-name" }, shortName(name)),
    element("div", { class: "card-value" }, figureMarkup(quantity, format)),
    note === undefined ? undefined : element("div", { class: "card-note" }, shortName(note, 160)),
  );
}

/** "Verified" never stands without its scope. */
function verdict({ verification }: ReportData): Markup {
  const [state, mark, note] = isUnknown(verification)
    ? ["unverified", "–", verification.unknown]
    : verification.passed
      ? ["verified", "✓", verification.scope]
      : ["failed", "✗", verification.mismatch ?? verification.scope];
  return element(
    "a",
    { class: `card verdict ${state}`, href: "#verification" },
    element("div", { class: "card-name" }, "RTL equals golden model"),
    element("div", { class: "card-value" }, element("span", { "aria-hidden": "true" }, `${mark} `), fragment(state)),
    element("div", { class: "card-note" }, shortName(note, 160)),
  );
}
