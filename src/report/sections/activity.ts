import { formatCount } from "../figure-text.ts";
import { figureMarkup, htmlTable, kindMarkup, unknownMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Child, type Markup } from "../markup.ts";
import { isUnknown, type Figure, type LayerSparsity, type ReportData, type SparsityDetail } from "../report-data.ts";
import { confusionMap, spikeRateMap } from "../charts/heat-map.ts";
import { rasterChart, sampleImage } from "../charts/raster.ts";
import { sparsityBars } from "../charts/sparsity-bars.ts";
import { storageBars } from "../charts/storage-bars.ts";
import { sectionOf, type Section } from "./section.ts";

/** What is not there: zero weights, silent neurons, silent steps, and the operations that they save. */
export function sparsitySection({ sparsity }: ReportData): Section {
  return sectionOf("sparsity", "Sparsity", sparsity, (summary) =>
    fragment(
      sparsityBars(summary),
      htmlTable({
        label: "Synaptic operations and silent neurons by layer",
        columns: [
          { title: "layer" },
          { title: "effective operations", numeric: true },
          { title: "dense operations", numeric: true },
          { title: "saved", numeric: true },
          { title: fragment("silent neurons ", kindMarkup(summary.kind)), numeric: true },
          { title: "dead neurons", numeric: true },
        ],
        rows: summary.layers.map((layer) => [
          shortName(layer.layer),
          figureMarkup(layer.synapticOperations.effective),
          figureMarkup(layer.synapticOperations.dense),
          savedShare(layer.synapticOperations.effective, layer.synapticOperations.dense),
          ofNeurons(layer.silentNeurons, layer),
          ofNeurons(layer.deadNeurons, layer),
        ]),
      }),
      element(
        "p",
        { class: "note" },
        "Synaptic operations per inference: effective is one spike through one non-zero synapse, dense as if nothing were " +
          "zero. Silent neurons never fired on these samples; dead ones have no non-zero input weight.",
      ),
      detailTable(summary.layers),
      spikeRateMap(summary),
      ...summary.layers.map(({ layer, storage }) => (storage === undefined ? undefined : storageBars(layer, storage))),
    ),
  );
}

/** One sample from its values to the decision. */
export function rasterSection({ raster }: ReportData): Section {
  return sectionOf("spikes", "One sample", raster, (sample) => {
    const image = sampleImage(sample);
    const isRight = sample.label === sample.decision;
    const verdict = `label ${shortName(sample.label)}, decision ${shortName(sample.decision)} ${isRight ? "✓" : "✗"}`;
    return fragment(
      image === undefined
        ? undefined
        : element("figure", { class: "sample" }, image, element("figcaption", {}, `Before encoding: ${verdict}`)),
      rasterChart(sample),
    );
  });
}

/** Which classes are taken for which. */
export function confusionSection({ confusion }: ReportData): Section {
  return sectionOf("decisions", "Decisions", confusion, confusionMap);
}

// ---------------------------------------------------------------------------------------------------------------------

/** The finer measures, where the report has them: one row each, because there are more of them than layers. */
function detailTable(layers: readonly LayerSparsity[]): Markup | undefined {
  const known = layers.flatMap(({ layer, detail }) => (detail === undefined ? [] : [{ layer, detail }]));
  if (known.length === 0) return undefined;
  return fragment(
    htmlTable({
      label: "Finer measures of sparsity by layer",
      columns: [{ title: "measure" }, ...known.map(({ layer }) => ({ title: shortName(layer), numeric: true }))],
      rows: finerMeasures.map(({ title, of }) => [title, ...known.map(({ detail }) => of(detail))]),
    }),
    element(
      "p",
      { class: "note" },
      "A lane group is as many neighbors of a row as the layer has lanes. A membrane rests while no weight reaches it and all its " +
        "state is 0. Burstiness is −1 for a clock, 0 for random and toward 1 for bursts. Executed operations are what the chosen " +
        "hardware adds, zeros included.",
    ),
  );
}

const finerMeasures: readonly { readonly title: string; readonly of: (detail: SparsityDetail) => Child }[] = [
  { title: "empty lane groups", of: (detail) => figureMarkup(detail.emptyLaneGroups, "percent") },
  { title: "silent neurons of a sample", of: (detail) => figureMarkup(detail.spatialSparsity, "percent") },
  { title: "resting membranes", of: (detail) => figureMarkup(detail.membraneSparsity, "percent") },
  { title: "steps that change nothing", of: (detail) => figureMarkup(detail.restingSteps, "percent") },
  { title: "burstiness", of: (detail) => figureMarkup(detail.burstiness) },
  { title: "saturated neurons", of: (detail) => formatCount(detail.saturatedNeurons) },
  { title: "executed operations", of: (detail) => figureMarkup(detail.executedOperations) },
  { title: "busiest lane / mean", of: (detail) => figureMarkup(detail.loadImbalance) },
];

function savedShare(effective: Figure, dense: Figure): Markup {
  const known = isUnknown(effective) || isUnknown(dense) || !(dense.value > 0) ? undefined : dense;
  if (known === undefined || isUnknown(effective)) return unknownMarkup({ unknown: "operations are not known" });
  return figureMarkup({ ...effective, unit: "1", value: 1 - effective.value / known.value }, "percent");
}

function ofNeurons(count: number, { neuronCount }: LayerSparsity): string {
  return `${formatCount(count)} of ${formatCount(neuronCount)}`;
}
