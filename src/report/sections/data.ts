import { formatCount, formatPercent } from "../figure-text.ts";
import { htmlTable, unknownMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Child } from "../markup.ts";
import { isUnknown, type DatasetSummary, type NetworkSummary, type Part, type ReportData } from "../report-data.ts";
import { trainingChart } from "../charts/line-chart.ts";
import { definitionList, type Section } from "./section.ts";

/** What was learned from which data by which network. */
export function dataSection({ dataset, network, training }: ReportData): Section {
  return {
    id: "data",
    title: "Data, network, training",
    body: fragment(
      part("Data", dataset, datasetFacts),
      part("Network", network, networkTable),
      part("Training", training, trainingChart),
    ),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function part<T>(title: string, value: Part<T>, body: (value: T) => Child): Child {
  if (isUnknown(value)) return element("p", {}, `${title}: `, unknownMarkup(value));
  return body(value);
}

function datasetFacts({ name, source, license, splits, sampleShape, classNames }: DatasetSummary): Child {
  return definitionList([
    ["data set", shortName(name, 80)],
    ["source", shortName(source, 300)],
    ["license", shortName(license, 120)],
    ["samples", splits.map((split) => `${formatCount(split.sampleCount)} ${shortName(split.name)}`).join(", ")],
    ["sample", `${sampleShape.join(" × ")} values, ${classNames.length} classes`],
  ]);
}

function networkTable({ encoding, stepCount, layers }: NetworkSummary): Child {
  return fragment(
    element("p", {}, `Encoding ${shortName(encoding, 120)}, ${stepCount} steps per inference.`),
    htmlTable({
      label: "Layers",
      columns: [
        { title: "layer" },
        { title: "neuron" },
        { title: "shape", numeric: true },
        { title: "synapses", numeric: true },
        { title: "non-zero", numeric: true },
        { title: "weights", numeric: true },
      ],
      rows: layers.map((layer) => [
        shortName(layer.name),
        shortName(layer.neuron, 60),
        `${layer.inputCount} → ${layer.neuronCount}`,
        formatCount(layer.synapseCount),
        `${formatCount(layer.nonZeroCount)} (${formatPercent(layer.nonZeroCount / layer.synapseCount)})`,
        layer.weightBits === undefined ? "float" : `${layer.weightBits} bits`,
      ]),
    }),
  );
}
