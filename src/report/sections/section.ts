import { element, type Child, type Markup } from "../markup.ts";
import { unknownMarkup } from "../html-table.ts";
import { isUnknown, type Part } from "../report-data.ts";

/** A part of the page with its place in the table of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Child;
}

/** A section from a part of the report that may be missing: then the section says why. */
export function sectionOf<T>(id: string, title: string, part: Part<T>, body: (part: T) => Child): Section {
  return { id, title, body: isUnknown(part) ? element("p", {}, unknownMarkup(part)) : body(part) };
}

/** Names and values in two columns. */
export function definitionList(entries: readonly (readonly [Child, Child])[]): Markup {
  return element(
    "dl",
    { class: "facts" },
    ...entries.map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value))),
  );
}
