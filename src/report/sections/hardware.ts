import { formatCount } from "../figure-text.ts";
import { figureMarkup, htmlTable, unknownMarkup } from "../html-table.ts";
import { element, fragment, prose, shortName, type Child } from "../markup.ts";
import {
  isUnknown,
  type CycleSummary,
  type MemoryRow,
  type Part,
  type ReportData,
  type VerificationSummary,
} from "../report-data.ts";
import { usageBars } from "../charts/usage-bars.ts";
import { sectionOf, type Section } from "./section.ts";

/** What the design takes of its target: cells, memories, cycles. */
export function resourceSection({ resources, memories, cycles }: ReportData): Section {
  return {
    id: "resources",
    title: "Resources and time",
    body: fragment(
      part("Resources", resources, usageBars),
      part("Cycles", cycles, cycleTable),
      part("Memories", memories, memoryTable),
    ),
  };
}

/** What was compared with what, how far, and what differed. */
export function verificationSection({ verification }: ReportData): Section {
  return sectionOf("verification", "Verification", verification, (report) =>
    fragment(
      element(
        "p",
        {},
        element("strong", { class: report.passed ? "passed" : "problem" }, report.passed ? "✓ Passed" : "✗ Failed"),
        ` in ${shortName(report.simulator, 120)}. Scope: ${prose(report.scope)}`,
      ),
      report.mismatch === undefined ? undefined : element("pre", { class: "problem" }, prose(report.mismatch)),
      comparisonTable(report),
    ),
  );
}

// ---------------------------------------------------------------------------------------------------------------------

function part<T>(title: string, value: Part<T>, body: (value: T) => Child): Child {
  return isUnknown(value) ? element("p", {}, `${title}: `, unknownMarkup(value)) : body(value);
}

function cycleTable({ layers, total, clock, note }: CycleSummary): Child {
  return fragment(
    element("h3", {}, "Cycles"),
    htmlTable({
      label: "Cycles per inference by layer",
      columns: [{ title: "layer" }, { title: "cycles per inference", numeric: true }, { title: "remark" }],
      rows: layers.map(({ layer, cycles, note: remark }) => [
        shortName(layer),
        figureMarkup(cycles),
        shortName(remark ?? "", 200),
      ]),
      foot: ["whole design", figureMarkup(total), fragment("at ", figureMarkup(clock))],
    }),
    element("p", { class: "note" }, prose(note)),
  );
}

function memoryTable(rows: readonly MemoryRow[]): Child {
  return fragment(
    element("h3", {}, "Memories"),
    htmlTable({
      label: "Memories",
      columns: [
        { title: "memory" },
        { title: "made of" },
        { title: "needed", numeric: true },
        { title: "allocated", numeric: true },
      ],
      rows: rows.map(({ name, kind, logicalBits, allocatedBits }) => [
        shortName(name),
        shortName(kind),
        figureMarkup(logicalBits),
        figureMarkup(allocatedBits),
      ]),
    }),
  );
}

function comparisonTable({ comparisons }: VerificationSummary): Child {
  return htmlTable({
    label: "Comparisons",
    columns: [{ title: "compared" }, { title: "count", numeric: true }, { title: "different", numeric: true }],
    rows: comparisons.map(({ name, compared, different }) => [
      shortName(name, 80),
      formatCount(compared),
      different === 0 ? "0" : element("strong", { class: "problem" }, formatCount(different)),
    ]),
  });
}
