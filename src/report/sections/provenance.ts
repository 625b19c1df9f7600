import { htmlTable } from "../html-table.ts";
import { kindBadges, kindMeanings } from "../figure-text.ts";
import { element, fragment, prose, shortName, type Child } from "../markup.ts";
import { formatDuration } from "../terminal.ts";
import type { ReportData, Reproduction } from "../report-data.ts";
import type { QuantityKind } from "../../base/index.ts";
import { definitionList, sectionOf, type Section } from "./section.ts";

/** How to get the same numbers again. */
export function reproductionSection({ reproduction, tools, stages }: ReportData): Section {
  return sectionOf("reproduce", "Reproduce", reproduction, (part) =>
    fragment(
      element("pre", { tabindex: "0" }, part.commands.map(prose).join("\n")),
      provenance(part),
      element("h3", {}, "Tools"),
      htmlTable({
        label: "Tools",
        columns: [{ title: "tool" }, { title: "version" }, { title: "used for" }],
        rows: tools.map(({ name, version, use }) => [shortName(name), shortName(version, 80), shortName(use, 120)]),
      }),
      element("h3", {}, "Stages"),
      htmlTable({
        label: "Stages",
        columns: [{ title: "stage" }, { title: "outcome" }, { title: "time", numeric: true }, { title: "reason" }],
        rows: stages.map(({ name, outcome, seconds, reason }) => [
          shortName(name),
          outcome,
          formatDuration(seconds),
          shortName(reason ?? "", 200),
        ]),
      }),
    ),
  );
}

/** What the numbers do not say, and what their badges mean. */
export function limitSection({ limits }: ReportData): Section {
  const kinds = Object.entries(kindBadges) as readonly (readonly [QuantityKind, string])[];
  return {
    id: "limits",
    title: "Limits",
    body: fragment(
      element("ul", {}, ...limits.map((limit) => element("li", {}, prose(limit)))),
      element("h3", {}, "Kinds of numbers"),
      definitionList(
        kinds.map(([kind, badge]): readonly [Child, Child] => [
          element("span", { class: `kind kind-${kind}` }, badge),
          kindMeanings[kind],
        ]),
      ),
    ),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function provenance({ seed, hashes, machine }: Reproduction): Child {
  return definitionList([
    ["seed", String(seed)],
    ["machine", shortName(machine, 200)],
    ...hashes.map(({ name, hash }): readonly [Child, Child] => [
      shortName(name),
      element("code", {}, shortName(hash, 128)),
    ]),
  ]);
}
