// The page in a real browser, when one is installed: no name runs as code, hovering texts are right, nothing is requested.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { randomStream, type Quantity } from "../base/index.ts";
import { renderReport } from "./page.ts";
import type { ExplorationSummary } from "./report-data.ts";
import { sampleReport } from "./sample-report.test.ts";

const chromium = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
const skip = chromium === undefined ? "no Chromium is installed" : false;

test("opening an address with a design pins its card, in every drawn design", { skip }, () => {
  const exploration = sampleReport().exploration as ExplorationSummary;
  const chosen = exploration.trials.find((trial) => trial.chosen)!;
  const html = renderReport(sampleReport());
  for (const trial of exploration.trials.filter((_, i) => i % 12 === 2)) {
    const card = cardOf(dump(html, `#trial=${trial.id}`));
    assert.ok(card.startsWith(`<h3>#${trial.id}</h3>`), card.slice(0, 80));
    for (const [name, value] of Object.entries(trial.parameters)) {
      const own = chosen.parameters[name];
      const text = own === value ? `${value}` : `${value} (chosen: ${own})`;
      assert.ok(card.includes(`<dt>${name}</dt><dd>${text}</dd>`), `${name}: ${card}`);
    }
    for (const { name } of exploration.objectives) {
      assert.match(card, new RegExp(`<dt>${name}</dt><dd>[\\d,.]+ \\S+ (EST|SIM)`));
    }
  }
});

test("names from files do not run in a browser", { skip }, () => {
  const canary = `"><img src=x onerror="document.body.dataset.hacked=1"><script>document.body.dataset.hacked=1</script>`;
  const exploration = sampleReport().exploration as ExplorationSummary;
  const trials = exploration.trials.map((trial) => Object.assign({}, trial, { id: "<img src=x>", violation: canary }));
  const html = renderReport(sampleReport({ title: canary, abstract: canary, exploration: { ...exploration, trials } }));
  const dom = dump(html, `#trial=${encodeURIComponent("<img src=x>")}`);
  assert.doesNotMatch(dom, /<body[^>]*data-hacked/);
  assert.doesNotMatch(dom, /<img/);
  assert.ok(cardOf(dom).startsWith("<h3>#&lt;img src=x&gt;</h3>"), cardOf(dom).slice(0, 80));
});

test("limits count what remains as a brute-force filter does, 100 times", { skip }, () => {
  const { objectives, trials } = sampleReport().exploration as ExplorationSummary;
  const values = objectives.map(({ name, direction }) =>
    trials
      .map(({ objectives: figures }) => (figures[name] as Quantity).value)
      .sort((a, b) => (direction === "maximize" ? a - b : b - a)),
  );
  const random = randomStream(5, "limits");
  const settings = Array.from({ length: 100 }, () => objectives.map(() => random.integer(trials.length)));
  const move = `const inputs = [...document.querySelectorAll("#front-limits input")];
    document.body.dataset.counts = JSON.stringify(${JSON.stringify(settings)}.map((at) => {
      at.forEach((value, i) => { inputs[i].value = value; inputs[i].dispatchEvent(new Event("input")); });
      return document.querySelector("#front-limits output").textContent + document.querySelectorAll("#front-chart .beyond").length;
    }));`;
  const html = renderReport(sampleReport())
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "")
    .replace("</body>", `<script>${move}</script></body>`);
  const counts = /data-counts="([^"]*)"/.exec(dump(html, ""))![1]!.replaceAll("&quot;", '"');
  const expected = settings.map((setting) => {
    const inside = trials.filter(({ objectives: figures }) =>
      objectives.every(({ name, direction }, i) => {
        const value = (figures[name] as Quantity).value;
        const limit = values[i]![setting[i]!]!;
        return direction === "maximize" ? value >= limit : value <= limit;
      }),
    );
    const front = inside.filter(({ onFront }) => onFront).length;
    return `${inside.length} of ${trials.length} designs remain, ${front} on the front${trials.length - inside.length}`;
  });
  assert.deepEqual(JSON.parse(counts), expected);
});

test("the page's script runs under its own policy, and a foreign one does not", { skip }, () => {
  const html = renderReport(sampleReport());
  const foreign = html.replace("</body>", "<script>document.body.dataset.hacked=1</script></body>");
  const dom = dump(foreign, "#trial=1");
  assert.match(dom, /48 of 48 designs remain, 17 on the front/);
  assert.equal(dom.match(/download="[\w-]+\.svg"/g)?.length, 14);
  assert.ok(cardOf(dom).startsWith("<h3>#1</h3>"));
  assert.doesNotMatch(dom, /<body[^>]*data-hacked/);
});

// ---------------------------------------------------------------------------------------------------------------------

/** The document after its script ran. */
function dump(html: string, hash: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "report-"));
  try {
    const file = path.join(folder, "report.html");
    writeFileSync(file, html);
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}/profile`, "--dump-dom"];
    const run = spawnSync(chromium!, [...flags, `${pathToFileURL(file).href}${hash}`], {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cardOf(dom: string): string {
  return /<div id="trial-card"[^>]*>(.*?)<\/div>/s.exec(dom)?.[1] ?? "";
}
