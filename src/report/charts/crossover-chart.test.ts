import assert from "node:assert/strict";
import { test } from "node:test";
import { crossoverChart } from "./crossover-chart.ts";

const options = {
  id: "crossing",
  title: "Cycles by density",
  caption: "Mean of 2 samples.",
  kind: "rtl",
  xTitle: "input density (%)",
  yTitle: "cycles",
  positions: [1, 10, 50],
  curves: [
    { name: "sparse", values: [10, 100, 1000] },
    { name: "dense", values: [300, 300, 300] },
  ],
} as const;

test("curves over a share: one path each, that meet where the better design changes, and a table", () => {
  const { text } = crossoverChart(options);
  const [sparse = "", dense = ""] = [...text.matchAll(/<path [^>]* d="M([^"]+)"/g)].map(([, path]) => path);
  const heights = (path: string): number[] => path.split("L").map((point) => Number(point.split(",")[1]));
  const [a, b] = [heights(sparse), heights(dense)];
  assert.equal(a.length, 3);
  assert.ok(a[0]! > b[0]! && a[2]! < b[2]!, "the lower value stands lower in the picture, the higher one higher");
  assert.match(text, /cycles \(log\)/);
  assert.match(text, /input density \(%\)/);
  assert.match(text, /rtl/);
  assert.match(text, />300</);
});
