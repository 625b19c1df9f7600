import { formatFigure, kindBadges, kindsOf, unknownReason } from "../figure-text.ts";
import { kindsMarkup } from "../html-table.ts";
import { element, fragment, shortName, type Markup } from "../markup.ts";
import { isUnknown, type Figure, type LayerSparsity, type SparsitySummary } from "../report-data.ts";
import { chartFigure } from "./frame.ts";

/** Three kinds of sparsity of each layer, as shares of 1. */
export function sparsityBars({ layers, scope }: SparsitySummary): Markup {
  const height = layers.length * groupHeight + 8;
  const picture = element(
    "svg",
    { viewBox: `0 0 720 ${height}`, role: "img", "aria-label": "Sparsity by layer" },
    ...layers.map((layer, i) => layerGroup(layer, i * groupHeight)),
  );
  const figures = layers.flatMap((layer) => measures.map(({ of }) => of(layer)));
  return chartFigure({
    id: "sparsity-chart",
    title: "Sparsity by layer",
    caption: fragment(
      "Share of zero weights (connection), of silent neurons and steps (activation), of steps without any spike (temporal) ",
      kindsMarkup(kindsOf(figures)),
      `, ${shortName(scope, 200)}.`,
    ),
    picture,
    table: {
      header: ["layer", ...measures.map(({ name }) => name)],
      rows: layers.map((layer) => [shortName(layer.layer), ...measures.map(({ of }) => valueOf(of(layer)))]),
    },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

const [left, right] = [210, 610];
const rowHeight = 22;
const groupHeight = 3 * rowHeight + 16;

const measures: readonly { readonly name: string; readonly of: (layer: LayerSparsity) => Figure }[] = [
  { name: "connection", of: (layer) => layer.connectionSparsity },
  { name: "activation", of: (layer) => layer.activationSparsity },
  { name: "temporal", of: (layer) => layer.temporalSparsity },
];

function layerGroup(layer: LayerSparsity, top: number): Markup {
  return fragment(
    element("text", { class: "label strong", x: 96, y: top + 24, "text-anchor": "end" }, shortName(layer.layer, 14)),
    ...measures.map(({ name, of }, i) => shareBar(name, of(layer), { y: top + 8 + i * rowHeight, color: i })),
  );
}

function shareBar(name: string, figure: Figure, { y, color }: { readonly y: number; readonly color: number }): Markup {
  const share = Math.min(1, Math.max(0, valueOf(figure) ?? 0));
  return fragment(
    element("text", { class: "tick", x: left - 8, y: y + 14, "text-anchor": "end" }, name),
    element("rect", { class: "track", x: left, y: y + 3, width: right - left, height: rowHeight - 8, rx: 2 }),
    element("rect", {
      class: `bar c${color}`,
      x: left,
      y: y + 3,
      width: share * (right - left),
      height: rowHeight - 8,
      rx: 2,
    }),
    element("text", { class: "label", x: right + 8, y: y + 14 }, shareText(figure)),
  );
}

function shareText(figure: Figure): string {
  return isUnknown(figure) ? "unknown" : `${formatFigure(figure, "percent")} ${kindBadges[figure.kind]}`;
}

function valueOf(figure: Figure): number | undefined {
  return isUnknown(figure) || unknownReason(figure) !== undefined ? undefined : figure.value;
}
