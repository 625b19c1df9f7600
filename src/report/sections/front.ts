import { figureMarkup, htmlTable } from "../html-table.ts";
import { element, fragment, jsonScript, prose, shortName, type Child, type Markup } from "../markup.ts";
import { ownValue } from "../report-csv.ts";
import { isUnknown, type ExplorationSummary, type ReportData } from "../report-data.ts";
import { frontChart, frontMatrix } from "../charts/front-chart.ts";
import { hypervolumeChart } from "../charts/line-chart.ts";
import { cardData, drawnTrials } from "../charts/front-points.ts";
import { definitionList, sectionOf, type Section } from "./section.ts";

/** Which designs were tried and which of them are worth having. */
export function frontSection(data: ReportData): Section {
  return sectionOf("front", "Front", data.exploration, (exploration) => {
    const { drawn, omittedCount } = drawnTrials(exploration);
    return fragment(
      element(
        "p",
        {},
        `Sampler ${shortName(exploration.sampler)}. A design is on the front when no other is at least as good in every ` +
          "objective and better in one. Point at a design, or use the arrow keys, to see all of it; click or Enter pins.",
      ),
      frontChart(exploration, drawn, omittedCount),
      frontMatrix(exploration, drawn),
      exploration.hypervolume === undefined
        ? undefined
        : hypervolumeChart(exploration.hypervolume.values, exploration.hypervolume.reference),
      objectiveTable(exploration),
      jsonScript("trial-data", cardData(exploration, drawn, verifiedText(data))),
      element("div", { id: "trial-card", role: "status", "aria-live": "polite", hidden: true }),
    );
  });
}

/** The design that was built: objectives, parameters, why it. */
export function chosenSection({ exploration, config }: ReportData): Section {
  return sectionOf("chosen", "Chosen design", exploration, (part) => {
    const trial = part.trials.find(({ chosen }) => chosen);
    if (trial === undefined) return element("p", {}, "No design was chosen.");
    return fragment(
      element("p", {}, `Design #${shortName(trial.id)}: ${prose(part.choice)}`),
      definitionList([
        ...part.objectives.map(({ name, format }): readonly [Child, Child] => [
          shortName(name),
          figureMarkup(ownValue(trial.objectives, name) ?? { unknown: "not evaluated" }, format),
        ]),
        ...Object.entries(trial.parameters).map(([name, value]): readonly [Child, Child] => [
          shortName(name),
          shortName(String(value)),
        ]),
      ]),
      configDetails(config),
    );
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function objectiveTable({ objectives, constraints }: ExplorationSummary): Markup {
  return fragment(
    htmlTable({
      label: "Objectives",
      columns: [{ title: "objective" }, { title: "wanted" }, { title: "definition" }],
      rows: objectives.map(({ name, direction, definition }) => [
        shortName(name),
        direction === "maximize" ? "large" : "small",
        prose(definition),
      ]),
    }),
    element(
      "p",
      { class: "note" },
      constraints.length === 0
        ? "No constraints."
        : `Constraints: ${constraints
            .slice(0, 20)
            .map((text) => shortName(text, 80))
            .join("; ")}.`,
    ),
  );
}

function configDetails(config: unknown): Markup {
  const text = JSON.stringify(config, undefined, 2) ?? "undefined";
  return element(
    "details",
    {},
    element("summary", {}, "Resolved configuration"),
    element("pre", { tabindex: "0" }, shortName(text, 100_000)),
  );
}

function verifiedText({ verification }: ReportData): string {
  if (isUnknown(verification)) return "not verified";
  return verification.passed ? `verified: ${verification.scope}` : "verification FAILED";
}
