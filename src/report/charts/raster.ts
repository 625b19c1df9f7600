import { formatCount } from "../figure-text.ts";
import { coordinate, element, fragment, shortName, type Markup } from "../markup.ts";
import type { RasterSample } from "../report-data.ts";
import { chartFigure } from "./frame.ts";

type RasterLayer = RasterSample["layers"][number];

/** Spikes of one sample: steps to the right, neurons downwards, one band per layer with its spikes per step above. */
export function rasterChart(sample: RasterSample): Markup {
  const perLayer = Math.floor(maxDots / Math.max(1, sample.layers.length));
  const bands = sample.layers.map((layer) => thinned(layer, perLayer, sample.stepCount));
  let top = 4;
  const drawn = bands.map((band) => {
    const markup = bandMarks(band, top, sample.stepCount);
    top += bandHeight(band.layer) + stripHeight + 22;
    return markup;
  });
  const picture = element(
    "svg",
    {
      viewBox: `0 0 720 ${coordinate(top + 20)}`,
      role: "img",
      "aria-label": `Spikes of sample ${shortName(sample.sample)}`,
    },
    ...drawn,
    stepTicks(sample.stepCount, top),
  );
  const total = sample.layers.reduce((sum, { spikes }) => sum + spikes.length, 0);
  return chartFigure({
    id: "raster",
    title: "Spikes of one sample",
    caption:
      `Sample ${shortName(sample.sample)}: label ${shortName(sample.label)}, decision ${shortName(sample.decision)}; ` +
      `${formatCount(total)} spikes in ${sample.stepCount} steps; above each layer its spikes per step. ` +
      omittedText(bands),
    picture,
    table: {
      header: ["layer", "neurons", ...Array.from({ length: sample.stepCount }, (_, step) => `step ${step + 1}`)],
      rows: sample.layers.map((layer) => [
        shortName(layer.name),
        layer.neuronCount,
        ...spikesPerStep(layer, sample.stepCount),
      ]),
      omitted: "Spikes per step; the single spikes are in the JSON.",
    },
  });
}

/** The sample before encoding, as gray squares; undefined when there is none or it is too large to draw as text. */
export function sampleImage({ image, label }: RasterSample): Markup | undefined {
  if (image === undefined || !(image.width * image.height >= 1 && image.width * image.height <= maxPixels))
    return undefined;
  const { width, height, values } = image;
  const pixels = values.slice(0, width * height).map((value, i) => {
    if (!(value > 0)) return undefined;
    const opacity = Math.min(1, value).toFixed(2);
    return element("rect", { x: i % width, y: Math.floor(i / width), width: 1, height: 1, "fill-opacity": opacity });
  });
  return element(
    "svg",
    {
      class: "sample-image",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `The sample before encoding, label ${shortName(label)}`,
      "shape-rendering": "crispEdges",
    },
    ...pixels,
  );
}

// ---------------------------------------------------------------------------------------------------------------------

/** Dots in one picture; more would only be gray. */
const maxDots = 12_000;
const maxPixels = 64 * 64;
const [left, right] = [110, 704];
const stripHeight = 22;

interface Band {
  readonly layer: RasterLayer;
  readonly spikes: RasterLayer["spikes"];
  /** Every so many neurons one is drawn. */
  readonly stride: number;
  readonly stepCounts: readonly number[];
}

/** Leave out whole neurons, evenly, so that what is drawn keeps its pattern in time. */
function thinned(layer: RasterLayer, limit: number, stepCount: number): Band {
  const valid = layer.spikes.filter(
    ([step, neuron]) => step >= 0 && step < stepCount && neuron >= 0 && neuron < layer.neuronCount,
  );
  const stride = Math.max(1, Math.ceil(valid.length / limit));
  const spikes = stride === 1 ? valid : valid.filter(([, neuron]) => neuron % stride === 0);
  return { layer, spikes, stride, stepCounts: spikesPerStep(layer, stepCount) };
}

function bandHeight({ neuronCount }: RasterLayer): number {
  return Math.min(190, Math.max(30, neuronCount * 2.4));
}

function bandMarks({ layer, spikes, stepCounts }: Band, top: number, stepCount: number): Markup {
  const height = bandHeight(layer);
  const stepWidth = (right - left) / Math.max(1, stepCount);
  const rowHeight = height / Math.max(1, layer.neuronCount);
  const dot = { width: Math.min(stepWidth * 0.72, 9), height: Math.min(9, Math.max(1.2, rowHeight * 0.8)) };
  const bandTop = top + stripHeight + 2;
  const path = spikes
    .map(([step, neuron]) => {
      const x = left + (step + 0.5) * stepWidth - dot.width / 2;
      const y = bandTop + (neuron + 0.5) * rowHeight - dot.height / 2;
      return `M${coordinate(x)},${coordinate(y)}h${coordinate(dot.width)}v${coordinate(dot.height)}h-${coordinate(dot.width)}z`;
    })
    .join("");
  const peak = stepCounts.reduce((a, b) => Math.max(a, b), 0);
  const middle = bandTop + height / 2;
  return fragment(
    element("rect", { class: "track", x: left, y: bandTop, width: right - left, height, rx: 2 }),
    ...stepCounts.map((count, step) => rateBar(count / Math.max(1, peak), { step, stepWidth, bottom: bandTop - 1 })),
    element("path", { class: "spikes", d: path }),
    element(
      "text",
      { class: "label strong", x: left - 10, y: middle - 2, "text-anchor": "end" },
      shortName(layer.name, 14),
    ),
    element(
      "text",
      { class: "tick", x: left - 10, y: middle + 13, "text-anchor": "end" },
      `${layer.neuronCount} neurons`,
    ),
    element(
      "text",
      { class: "tick", x: left - 10, y: bandTop - 6, "text-anchor": "end" },
      `max ${formatCount(peak)}/step`,
    ),
  );
}

function rateBar(
  share: number,
  { step, stepWidth, bottom }: { readonly step: number; readonly stepWidth: number; readonly bottom: number },
): Markup {
  if (!(share > 0)) return fragment();
  const height = share * (stripHeight - 4);
  const width = Math.max(0.5, stepWidth * 0.8);
  return element("rect", {
    class: "rate",
    x: left + (step + 0.5) * stepWidth - width / 2,
    y: bottom - height,
    width,
    height,
  });
}

function stepTicks(stepCount: number, top: number): Markup {
  const stepWidth = (right - left) / Math.max(1, stepCount);
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => s * stepWidth >= 28) ?? 10_000;
  const ticks = Array.from({ length: stepCount }, (_, step) => step + 1).filter((s) => s === 1 || s % stride === 0);
  return fragment(
    ...ticks.map((step) =>
      element("text", { class: "tick", x: left + (step - 0.5) * stepWidth, y: top - 2, "text-anchor": "middle" }, step),
    ),
    element("text", { class: "axis", x: left - 10, y: top - 2, "text-anchor": "end" }, "step →"),
  );
}

function spikesPerStep(layer: RasterLayer, stepCount: number): readonly number[] {
  const counts = Array.from({ length: stepCount }, () => 0);
  for (const [step] of layer.spikes) {
    const count = counts[step];
    if (count !== undefined) counts[step] = count + 1;
  }
  return counts;
}

function omittedText(bands: readonly Band[]): string {
  const parts = bands
    .filter(({ stride }) => stride > 1)
    .map(({ layer, spikes, stride }) => {
      const shown = `${formatCount(spikes.length)} of ${formatCount(layer.spikes.length)} spikes`;
      return `${shortName(layer.name, 24)}: one neuron in ${stride} is drawn, ${shown}.`;
    });
  return parts.length === 0 ? "Every spike is drawn." : parts.join(" ");
}
