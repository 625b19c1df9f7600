import { hashText } from "../base/index.ts";
import { checkReport } from "./check-report.ts";
import { constantMarkup, element, fragment, shortName, type Child, type Markup } from "./markup.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import type { ReportData } from "./report-data.ts";
import { confusionSection, rasterSection, sparsitySection } from "./sections/activity.ts";
import { dataSection } from "./sections/data.ts";
import { energySection, profileRules } from "./sections/energy.ts";
import { chosenSection, frontSection } from "./sections/front.ts";
import { resourceSection, verificationSection } from "./sections/hardware.ts";
import { headline } from "./sections/headline.ts";
import { limitSection, reproductionSection } from "./sections/provenance.ts";
import type { Section } from "./sections/section.ts";

/**
 * The report as one HTML page that needs nothing else: no network, no file beside it, no script to read its numbers. Equal data
 * give equal bytes. Text from the data is escaped in one place, and the page's own policy forbids any other script.
 */
export function renderReport(data: ReportData): string {
  const sections: readonly Section[] = [
    frontSection(data),
    chosenSection(data),
    dataSection(data),
    energySection(data),
    sparsitySection(data),
    rasterSection(data),
    confusionSection(data),
    resourceSection(data),
    verificationSection(data),
    reproductionSection(data),
    limitSection(data),
  ];
  const page = fragment(
    constantMarkup("<!doctype html>\n"),
    element("html", { lang: "en" }, head(data), body(data, sections)),
  );
  return `${page.text}\n`;
}

// ---------------------------------------------------------------------------------------------------------------------

function head(data: ReportData): Markup {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${base64OfHex(hashText(pageScript))}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("meta", { name: "generator", content: shortName(data.generator, 80) }),
    element("title", {}, shortName(data.title, 120)),
    element("style", {}, constantMarkup(pageStyle + profileRules(data))),
  );
}

function body(data: ReportData, sections: readonly Section[]): Markup {
  return element(
    "body",
    {},
    element("a", { class: "skip", href: "#top" }, "Skip to the report"),
    element(
      "div",
      { class: "layout" },
      element("nav", { "aria-label": "Contents" }, element("ol", {}, ...sections.map(contentsEntry))),
      element(
        "main",
        {},
        headline(data),
        problemBox(data),
        ...sections.map(({ id, title, body }) => element("section", { id }, element("h2", {}, title), body)),
        element("footer", {}, `${shortName(data.generator, 80)} · this page loads nothing and sends nothing.`),
      ),
    ),
    element("script", {}, constantMarkup(pageScript)),
  );
}

function contentsEntry({ id, title }: Section): Markup {
  return element("li", {}, element("a", { href: `#${id}` }, title));
}

/** Contradictions are shown where nobody can miss them. */
function problemBox(data: ReportData): Child {
  const problems = checkReport(data);
  if (problems.length === 0) return undefined;
  return element(
    "div",
    { class: "problems", role: "alert" },
    element("strong", { class: "problem" }, "This report contradicts itself; do not use its numbers."),
    element(
      "ul",
      {},
      ...problems.map(({ path, message }) => element("li", {}, `${shortName(path, 120)}: ${shortName(message, 200)}`)),
    ),
  );
}

function base64OfHex(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return btoa(bytes.map((byte) => String.fromCodePoint(Number.parseInt(byte, 16))).join(""));
}
