import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { hashText, quantity } from "../base/index.ts";
import { renderReport } from "./page.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import type { ExplorationSummary, RasterSample, ReportData, TrialRow, Unknown } from "./report-data.ts";
import { sampleReport, sampleTrials } from "./sample-report.test.ts";
import { tokenize, type Tag } from "./tokenize-html.test.ts";

test("the page is one file: nothing is loaded, scripts are ours, links stay inside", () => {
  const html = renderReport(sampleReport());
  const { tags } = tokenize(html);
  for (const { name, attributes } of tags) {
    assert.ok(!["img", "iframe", "object", "embed", "base", "form", "link"].includes(name), name);
    for (const [key, value] of attributes) {
      assert.ok(!key.startsWith("on") && key !== "src" && key !== "srcset", key);
      if (key === "href") assert.match(value, /^(#[\w-]+$|data:text\/csv;)/);
    }
  }
  assert.doesNotMatch(html.replaceAll(/data:text\/csv[^"]*/g, ""), /https?:\/\/|\/\/[a-z]+\.|@import|url\((?!#)/);
  assert.equal(tags.filter(({ name }) => name === "script").length, 2);
});

test("the policy of the page names exactly its own script", () => {
  const hash = Buffer.from(hashText(pageScript), "hex").toString("base64");
  const html = renderReport(sampleReport());
  assert.ok(html.includes(`script-src &#39;sha256-${hash}&#39;`));
  assert.ok(html.includes(`<script>${pageScript}</script>`));
});

test("equal data give equal bytes", () => {
  assert.equal(renderReport(sampleReport()), renderReport(sampleReport()));
});

test("ids are unique and every link inside finds its place", () => {
  const { tags } = tokenize(renderReport(sampleReport()));
  const ids = tags.flatMap((tag) => valueOf(tag, "id") ?? []);
  assert.equal(new Set(ids).size, ids.length);
  const targets = tags.flatMap((tag) => valueOf(tag, "href") ?? []).filter((href) => href.startsWith("#"));
  assert.deepEqual(
    targets.filter((href) => !ids.includes(href.slice(1))),
    [],
  );
});

test("every chart has a sentence, a name for screen readers, a table and its CSV", () => {
  const html = renderReport(sampleReport());
  const figures = html.match(/<figure class="chart".*?<\/figure>/gs) ?? [];
  assert.equal(figures.length, 14);
  for (const figure of figures) {
    assert.match(figure, /<figcaption><strong>.+?<\/strong>.{20,}<\/figcaption>/s);
    assert.match(figure, /<svg[^>]*aria-label="[^"]+"/);
    assert.match(figure, /<details><summary>Table<\/summary>.*<table>/s);
    assert.match(figure, /download="[\w-]+\.csv" href="data:text\/csv/);
  }
});

test("finer measures and storage formats are shown where a report has them, and the chosen format with its reason", () => {
  const html = renderReport(sampleReport());
  assert.ok(html.includes("steps that change nothing") && html.includes("Storage formats of hidden"));
  assert.ok(
    html.includes("<strong>block masks</strong>: 39.0 % of the weights are not zero: it needs the fewest blocks."),
  );
  assert.ok(!html.includes("Storage formats of out"));
});

test("the sum row of the derivation is the headline", () => {
  const data = sampleReport();
  const energy = data.summary.find(({ name }) => name === "Energy")!.quantity;
  assert.ok("value" in energy);
  const { text } = tokenize(renderReport(data));
  assert.ok(text.includes(`Exactly ${energy.value} J per inference.`));
  const table = /<table>(?:(?!<table>).)*synapse read.*?<\/tfoot>/s.exec(
    renderReport(data).split("Derivation, chosen design")[1]!,
  )!;
  const printed = [...table[0].matchAll(/<td class="number">(\d+\.\d{4})<\/td>/g)].map(([, n]) => Number(n));
  const [lines, sum] = [printed.slice(0, 7), printed[7]!];
  assert.ok(Math.abs(lines.reduce((a, b) => a + b, 0) - sum) < 7 * 0.00005, "rounded rows add up to the rounded sum");
  assert.ok(Math.abs(sum - energy.value * 1e9) <= 0.00005);
});

test("missing parts say why, and never print 0", () => {
  const { text } = tokenize(
    renderReport(
      sampleReport({
        summary: [{ name: "Clock", quantity: unknown("nextpnr is not installed") }],
        dataset: unknown("r1"),
        network: unknown("r2"),
        training: unknown("r3"),
        exploration: unknown("r4"),
        energy: unknown("r5"),
        sparsity: unknown("r6"),
        raster: unknown("r7"),
        confusion: unknown("r8"),
        cycles: unknown("r9"),
        resources: unknown("r10"),
        memories: unknown("r11"),
        verification: unknown("r12"),
        reproduction: unknown("r13"),
      }),
    ),
  );
  assert.ok(text.includes("unknown – nextpnr is not installed"));
  for (let i = 1; i <= 13; i++) assert.ok(text.includes(`unknown – r${i}`), `r${i}`);
  assert.ok(text.includes("unverified"));
});

test("a failed verification shows its counter-example", () => {
  const mismatch = "layer hidden, neuron 12, step 3, cycle 812: golden 1, RTL 0, sample 41";
  const scope = "stopped at sample 41";
  const verification = { passed: false, simulator: "x", scope, comparisons: [], mismatch };
  const { text } = tokenize(renderReport(sampleReport({ verification })));
  assert.ok(text.includes("✗ Failed"));
  assert.equal(text.split(mismatch).length - 1, 2, "in the strip and in its section");
});

const hostile = [
  `<script>document.documentElement.dataset.hacked=1</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='x`,
  "</script></style></title><svg onload=x>",
  "a\nb\r\u2028c",
  "\u202Egnp.exe\u2066",
  "__proto__",
  "constructor",
  "${alert(1)}`",
  "&lt;b&gt; &amp;",
  "]]>-->",
  "x".repeat(10_000),
  "",
];

test("hostile names change the text of a page, never its structure", () => {
  const benign = structure(renderReport(renamed(sampleReport(), (name) => `n${name}`)));
  for (const evil of hostile) {
    const html = renderReport(renamed(sampleReport(), (name) => evil + name));
    assert.deepEqual(structure(html), benign, evil.slice(0, 40));
    assert.doesNotMatch(html, /[\u202A-\u202E\u2066-\u2069]/);
    assert.ok(html.length < 3_000_000);
  }
});

test("hostile text is shown as it is", () => {
  const { text, title } = tokenize(renderReport(sampleReport({ title: hostile[0]!, abstract: hostile[3]! })));
  assert.ok(title.includes(hostile[0]!));
  assert.ok(text.includes(hostile[3]!));
});

test("a parameter named __proto__ is a parameter", () => {
  const exploration = sampleReport().exploration as ExplorationSummary;
  const parameters = JSON.parse('{"__proto__": "seven"}') as Record<string, string>;
  const trials = exploration.trials.map((trial): TrialRow => Object.assign({}, trial, { parameters }));
  const html = renderReport(sampleReport({ exploration: { ...exploration, trials } }));
  const card = JSON.parse(/id="trial-data">(.*?)<\/script>/s.exec(html)![1]!) as { parameters: string[] };
  assert.deepEqual(card.parameters, ["__proto__"]);
  assert.ok(tokenize(html).text.includes("seven"));
});

test("any numbers can be drawn", () => {
  const base = sampleReport();
  const exploration = base.exploration as ExplorationSummary;
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 12 }), (values) => {
      const at = (i: number): number => values[i % values.length]!;
      const trials = exploration.trials.slice(8, 14).map((trial, i) =>
        withObjectives(trial, {
          energy: quantity(at(i), "J", i % 2 === 0 ? "estimated" : "measured", "x", {
            low: at(i + 1),
            high: at(i + 2),
          }),
          accuracy: quantity(at(i + 1), "1", "simulated", "x"),
        }),
      );
      const html = renderReport(withNumbers({ ...base, exploration: { ...exploration, trials } }, at));
      assert.doesNotMatch(html, /="[^"]*(NaN|Infinity)[^"]*"/);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("a large study stays below 3 MB and says what it leaves out", () => {
  const base = sampleReport();
  const exploration = base.exploration as ExplorationSummary;
  const energy = base.summary[1]!.quantity;
  assert.ok("value" in energy);
  const trials = sampleTrials(1000, energy).flatMap((trial, block) =>
    Array.from({ length: 10 }, (_, i) => ({ ...trial, id: `${block}-${i}`, chosen: trial.chosen && i === 0 })),
  );
  const raster = base.raster as RasterSample;
  const neuronCount = 4096;
  const spikes = Array.from({ length: 200_000 }, (_, i): [number, number] => [i % 100, (i * 7) % neuronCount]);
  const big = { ...raster, stepCount: 100, layers: [{ name: "big", neuronCount, spikes }] };
  const html = renderReport(sampleReport({ exploration: { ...exploration, trials }, raster: big }));
  assert.ok(html.length < 3_000_000, `${html.length} characters`);
  const { text } = tokenize(html);
  assert.match(text, /\d+ designs are not drawn; the file front.csv has all/);
  assert.match(text, /big: one neuron in 17 is drawn, [\d,]+ of 200,000 spikes/);
});

test("mixed kinds of evidence in one chart need a switch", () => {
  const exploration = sampleReport().exploration as ExplorationSummary;
  assert.ok(!renderReport(sampleReport()).includes('id="show-other-kinds"'));
  const trials = exploration.trials.map((trial, i) =>
    i === 3 ? withObjectives(trial, { area: quantity(900, "cell", "placed", "x") }) : trial,
  );
  const html = renderReport(sampleReport({ exploration: { ...exploration, trials } }));
  const box = tokenize(html).tags.find((tag) => valueOf(tag, "id") === "show-other-kinds")!;
  assert.equal(valueOf(box, "checked"), undefined);
  assert.equal(
    html.match(/class="point \w+ other-kind"/g)?.length,
    7,
    "once in the large chart, once in each of six pairs",
  );
});

test("text has the contrast of WCAG AA in light and in dark", () => {
  const [light, dark] = [...pageStyle.matchAll(/:root\{(.*?)\}/gs)].map(([, rules]) => variables(rules!));
  for (const colors of [light!, { ...light!, ...dark! }]) {
    const page = colors["page"]!;
    for (const name of ["ink", "soft", "accent", "good", "bad"]) {
      assert.ok(contrast(colors[name]!, page) >= 4.5, `${name} ${contrast(colors[name]!, page)}`);
    }
    assert.ok(contrast(colors["on-accent"]!, colors["accent"]!) >= 4.5);
    const share = 0.04 + Number(colors["heat-max"]);
    const heat = mix(colors["accent"]!, page, share);
    assert.ok(
      contrastOf(rgb(colors["ink"]!), heat) >= 4.5,
      `text on the darkest cell: ${contrastOf(rgb(colors["ink"]!), heat)}`,
    );
    assert.ok(contrast(colors["soft"]!, colors["tint"]!) >= 4.5);
  }
});

// ---------------------------------------------------------------------------------------------------------------------

function valueOf({ attributes }: Tag, name: string): string | undefined {
  return attributes.find(([key]) => key === name)?.[1];
}

function unknown(why: string): Unknown {
  return { unknown: why };
}

/** Tags with the names of their attributes. */
function structure(html: string): string[] {
  return tokenize(html).tags.map(({ name, attributes }) => `${name} ${attributes.map(([key]) => key).join(" ")}`);
}

/** Every text that could come from a file gets another name; words of our own schema stay. */
function renamed(data: ReportData, rename: (name: string) => string): ReportData {
  const own = new Set(["kind", "unit", "format", "direction", "subject", "outcome"]);
  const keyed = new Set(["parameters", "objectives", "config"]);
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return own.has(key) ? value : rename(value);
    if (Array.isArray(value)) return value.map((item) => visit(item, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [
        keyed.has(key) && k !== "name" && isRecord(value) ? rename(k) : k,
        visit(v, k),
      ]),
    );
  };
  return visit(data, "") as ReportData;
}

/** A record by names from outside, not one of our own structures. */
function isRecord(value: object): boolean {
  return !("direction" in value);
}

function withObjectives(trial: TrialRow, changes: TrialRow["objectives"]): TrialRow {
  return { ...trial, objectives: { ...trial.objectives, ...changes } };
}

function withNumbers(data: ReportData, at: (i: number) => number): ReportData {
  let i = 0;
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === "number" && ["values", "spikeRate", "count", "counts", "spikes"].includes(key)) return at(i++);
    if (Array.isArray(value)) return value.map((item) => visit(item, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, visit(v, k)]));
  };
  return visit(data, "") as ReportData;
}

function variables(rules: string): Record<string, string> {
  return Object.fromEntries(
    [...rules.matchAll(/--([\w-]+):([^;]+)/g)].map(([, name, value]) => [name!, value!.trim()]),
  );
}

function rgb(color: string): number[] {
  const hex = color.length === 4 ? Array.from(color.slice(1), (c) => c + c) : color.slice(1).match(/../g)!;
  return hex.map((c) => Number.parseInt(c, 16) / 255);
}

function mix(over: string, under: string, share: number): number[] {
  const [a, b] = [rgb(over), rgb(under)];
  return a.map((v, i) => v * share + b[i]! * (1 - share));
}

function contrast(a: string, b: string): number {
  return contrastOf(rgb(a), rgb(b));
}

/** Contrast ratio by WCAG 2.2. */
function contrastOf(a: readonly number[], b: readonly number[]): number {
  const [high, low] = [Math.max(lightness(a), lightness(b)), Math.min(lightness(a), lightness(b))];
  return (high + 0.05) / (low + 0.05);
}

function lightness([r, g, b]: readonly number[]): number {
  const [x, y, z] = [r!, g!, b!].map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
}
