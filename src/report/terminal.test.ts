import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { quantity } from "../base/index.ts";
import {
  cutToWidth,
  displayWidth,
  figureLines,
  formatDuration,
  kindBadge,
  padToWidth,
  progressBar,
  sparkline,
  textTable,
  usageBar,
} from "./terminal.ts";

test("a table aligns wide signs and numbers", () => {
  const table = textTable(
    [{ title: "layer" }, { title: "spikes", align: "right" }],
    [
      ["隠れ層", "12"],
      ["out", "3,456"],
    ],
  );
  assert.equal(table, "layer   spikes\n──────  ──────\n隠れ層      12\nout      3,456\n");
});

test("names cannot break a table or steer the terminal", () => {
  const table = textTable([{ title: "a" }, { title: "b" }], [["x\ny\u001B[31m\u202E", "z"]]);
  assert.equal(table.split("\n").length, 4);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(table, /[\u001B\u202E]/);
  const long = textTable([{ title: "a", maxWidth: 10 }], [["x".repeat(10_000)]]);
  assert.equal(long.split("\n")[2], `${"x".repeat(9)}…`);
});

test("width counts columns, not code units", () => {
  assert.equal(displayWidth("abc"), 3);
  assert.equal(displayWidth("é"), 1);
  assert.equal(displayWidth("e\u0301"), 1);
  assert.equal(displayWidth("漢字"), 4);
  assert.equal(displayWidth("🙂"), 2);
  assert.equal(displayWidth("µJ ×"), 4);
  assert.equal(padToWidth("漢", 4, "right"), "  漢");
});

test("cut text never exceeds its width, and short text is not cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (text, width) => {
      const cut = cutToWidth(text, width);
      assert.ok(displayWidth(cut) <= width);
      if (displayWidth(text) <= width) assert.equal(cut, text);
    }),
    { seed: 1 },
  );
});

test("durations as people say them", () => {
  const said = [0, 0.42, 0.9996, 7.94, 9.97, 59.4, 59.6, 125, 3599.7, 4021, 86_399, 273_600].map(formatDuration);
  assert.deepEqual(said, [
    "0 ms",
    "420 ms",
    "1.0 s",
    "7.9 s",
    "10 s",
    "59 s",
    "1 min 00 s",
    "2 min 05 s",
    "1 h 00 min",
    "1 h 07 min",
    "1 d 0 h",
    "3 d 4 h",
  ]);
  assert.deepEqual([Number.NaN, -1, Number.POSITIVE_INFINITY].map(formatDuration), ["unknown", "unknown", "unknown"]);
});

test("bars and sparklines have their width for any share", () => {
  assert.equal(progressBar(0.5, 4), "██░░");
  assert.equal(progressBar(0.3, 4), "█▎░░");
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: 0, max: 40 }), (share, width) => {
      assert.equal(displayWidth(progressBar(share, width)), width);
    }),
    { seed: 1 },
  );
  assert.equal(sparkline([0, 1, undefined, 2, Number.NaN, 7]), "▁▂ ▃ █");
  assert.equal(sparkline([3, 3]), "▁▁");
  assert.equal(usageBar(1388, 7680, 10), "█▊░░░░░░░░  18 %");
  assert.equal(usageBar(20, 10, 4), "████ 200 % !");
  assert.equal(usageBar(1, Number.NaN, 4), "····  unknown");
  assert.equal(usageBar(0, 0, 4), "····  none");
  assert.equal(usageBar(2, 0, 4), "████  none !");
});

test("figures are aligned with their badges", () => {
  const lines = figureLines([
    { name: "energy", quantity: quantity(0.92e-6, "J", "estimated", "test") },
    { name: "fmax", quantity: { unknown: "not placed" } },
  ]);
  assert.equal(lines, "energy  920 nJ EST\nfmax    unknown: not placed\n");
  assert.equal(kindBadge("placed"), "PNR");
});
