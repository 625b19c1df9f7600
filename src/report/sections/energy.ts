import { axisUnit, formatCount, formatFigure } from "../figure-text.ts";
import { figureMarkup, htmlTable, kindMarkup, unknownMarkup } from "../html-table.ts";
import { csvDataUri } from "../csv.ts";
import { element, fragment, prose, shortName, type Child, type Markup } from "../markup.ts";
import { derivationCsv } from "../report-csv.ts";
import {
  isUnknown,
  type EnergyDerivation,
  type EnergyLine,
  type EnergySummary,
  type ReportData,
} from "../report-data.ts";
import { maxCsvText } from "../charts/frame.ts";
import { energyBars } from "../charts/energy-bars.ts";
import { sumLines } from "../check-report.ts";
import { sectionOf, type Section } from "./section.ts";

/** Where each joule comes from: counts × constants with sources, per table of constants, beside the ANN baseline. */
export function energySection({ energy }: ReportData): Section {
  return sectionOf("energy", "Energy, derived", energy, (summary) => {
    const profiles = [...new Set(summary.derivations.map(({ profile }) => profile))];
    return fragment(
      element(
        "p",
        {},
        "Energy per inference is the sum of counted events times the cost of one event. Counts are facts of the run; costs " +
          "are constants from the sources below. The sum row is the headline, to the last digit.",
      ),
      profileSwitch(profiles),
      element("div", { class: "panels" }, ...profiles.map((profile, i) => profilePanel(summary, profile, i))),
      notModeled(summary.notModeled),
      element(
        "p",
        {},
        element(
          "a",
          {
            class: "download",
            download: "energy.csv",
            href: csvDataUri(derivationCsv(summary.derivations, maxCsvText)),
          },
          "All derivations as CSV",
        ),
      ),
    );
  });
}

/** Rules that show the panel of the chosen profile: the switch works without a script. */
export function profileRules(data: ReportData): string {
  const energy = data.energy;
  if (isUnknown(energy)) return "";
  const count = new Set(energy.derivations.map(({ profile }) => profile)).size;
  const rules = Array.from(
    { length: count },
    (_, i) =>
      `.profiles:has(#profile-${i}:checked)~.panels>.panel-${i}{display:block}` +
      `.profiles label:has(#profile-${i}:checked){background:var(--accent);color:var(--on-accent);border-color:var(--accent)}`,
  );
  return `@media screen{${rules.join("")}}`;
}

// ---------------------------------------------------------------------------------------------------------------------

function profileSwitch(profiles: readonly string[]): Markup {
  return element(
    "fieldset",
    { class: "profiles" },
    element("legend", {}, "Constants"),
    ...profiles.map((profile, i) =>
      element(
        "label",
        {},
        element("input", { type: "radio", name: "profile", id: `profile-${i}`, checked: i === 0 ? true : undefined }),
        shortName(profile, 60),
      ),
    ),
  );
}

function profilePanel({ derivations, baselineNote }: EnergySummary, profile: string, index: number): Markup {
  const own = derivations.filter((derivation) => derivation.profile === profile);
  const sources = [...new Set(own.flatMap(({ lines }) => lines.map(({ source }) => source)))];
  return element(
    "div",
    { class: `panel panel-${index}` },
    element("h3", {}, shortName(profile, 80)),
    comparison(own, baselineNote),
    ...own.map((derivation, i) =>
      fragment(
        energyBars(derivation, `energy-${index}-${i}`),
        derivationTable(derivation, { sources, notePrefix: `source-${index}` }),
      ),
    ),
    footnotes(sources, `source-${index}`),
  );
}

/** The ratio to the baseline, when both are known under the same constants. */
function comparison(own: readonly EnergyDerivation[], note: string): Child {
  const known = (subject: EnergyDerivation["subject"]): number | undefined => {
    const total = own.find((derivation) => derivation.subject === subject)?.total;
    return total === undefined || isUnknown(total) || !Number.isFinite(total.value) ? undefined : total.value;
  };
  const [chosen, baseline] = [known("chosen design"), known("ANN baseline")];
  if (chosen === undefined || baseline === undefined || !(chosen > 0) || !(baseline > 0)) return undefined;
  const [factor, word] = baseline >= chosen ? [baseline / chosen, "less"] : [chosen / baseline, "more"];
  return element(
    "p",
    {},
    `Under these constants the chosen design needs ${Number(factor.toPrecision(3))} × ${word} energy than the ANN ` +
      `baseline. ${prose(note)}`,
  );
}

function derivationTable(
  derivation: EnergyDerivation,
  { sources, notePrefix }: { readonly sources: readonly string[]; readonly notePrefix: string },
): Markup {
  const { lines, total, subject, profile, staticNote } = derivation;
  const sum = sumLines(lines);
  const unit = axisUnit([sum], "J");
  const columns = [
    { title: "layer" },
    { title: "event" },
    { title: "count", numeric: true },
    { title: "× unit cost", numeric: true },
    { title: `= energy (${unit.label})`, numeric: true },
    { title: "" },
  ];
  const row = (line: EnergyLine): readonly Child[] => {
    const note = sources.indexOf(line.source) + 1;
    return [
      shortName(line.layer),
      shortName(line.event),
      countText(line),
      fragment(
        formatFigure(line.unitEnergy),
        " ",
        element("sup", {}, element("a", { href: `#${notePrefix}-${note}` }, note)),
      ),
      decimals(line.energy.value / unit.factor),
      kindMarkup(line.energy.kind),
    ];
  };
  return fragment(
    element("h4", {}, `Derivation, ${subject}`),
    htmlTable({
      label: `Derivation of the energy, ${subject}, ${profile}`,
      columns,
      rows: lines.map(row),
      foot: ["sum", "", "", "", (sum / unit.factor).toFixed(4), figureOrWarning(total, sum)],
    }),
    element("p", { class: "note" }, `Exactly ${sum} J per inference. ${prose(staticNote)}`),
  );
}

/** Four decimals, but never a 0 for what is not 0. */
function decimals(value: number): string {
  const text = value.toFixed(4);
  return Number(text) === 0 && value !== 0 ? value.toPrecision(2) : text;
}

/** Events, or the time for which a power is paid. */
function countText({ count, unitEnergy }: EnergyLine): string {
  if (unitEnergy.unit === "W") return formatFigure({ ...unitEnergy, value: count, unit: "s" });
  return formatCount(count, 4);
}

function figureOrWarning(total: EnergyDerivation["total"], sum: number): Child {
  if (isUnknown(total)) return unknownMarkup(total);
  if (total.value === sum) return fragment("= ", figureMarkup(total));
  return element("strong", { class: "problem" }, `differs from ${total.value} J`);
}

function footnotes(sources: readonly string[], prefix: string): Markup {
  return element(
    "ol",
    { class: "footnotes" },
    ...sources.map((source, i) => element("li", { id: `${prefix}-${i + 1}` }, shortName(source, 600))),
  );
}

function notModeled(items: readonly string[]): Child {
  if (items.length === 0) return undefined;
  return fragment(
    element("h3", {}, "Not modeled"),
    element("ul", {}, ...items.map((item) => element("li", {}, prose(item)))),
  );
}
