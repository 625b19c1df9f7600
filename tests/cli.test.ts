import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { commands } from "../src/cli/commands/index.ts";
import { version } from "../src/cli/version.ts";
import { configurationOf } from "./configuration.ts";

const folder = mkdtempSync(path.join(tmpdir(), "lacuna-cli-"));
after(() => rmSync(folder, { recursive: true }));
const main = path.resolve("src/cli/main.ts");

function lacuna(...args: readonly string[]) {
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
}

test("the version is the package's", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  assert.equal(version, manifest.version);
  assert.equal(lacuna("--version").stdout.trim(), version);
});

test("help lists every command, and every command has an example", () => {
  const { stdout, status } = lacuna("--help");
  assert.equal(status, 0);
  for (const { name, summary, example } of commands) {
    assert.ok(stdout.includes(name.split(" ")[0]!), name);
    assert.ok(summary.length > 10 && example.startsWith("lacuna "), name);
  }
});

test("usage mistakes end with 2", () => {
  assert.equal(lacuna("trian").status, 2);
  assert.match(lacuna("trian").stderr, /Did you mean train/);
  assert.equal(lacuna("demo", "--nothing").status, 2);
  assert.equal(lacuna("demo", "--set", "=3").status, 2);
});

test("bad documents end with 3 and name every problem with a suggestion", () => {
  writeFileSync(
    path.join(folder, "bad.json"),
    '{"epoch": 3, "training": {"lerningRate": 1, "epochs": 0}, "constraints": ["fast"]}',
  );
  const { status, stderr } = lacuna("codesign", "bad.json");
  assert.equal(status, 3);
  for (const line of [
    'training.lerningRate: unknown key; did you mean "learningRate"?',
    "training.epochs: Too small: expected number to be >=1",
    "constraints.0: expected something like",
    "epoch: unknown key",
  ]) {
    assert.ok(stderr.includes(line), `${line}\n${stderr}`);
  }
  writeFileSync(path.join(folder, "torn.json"), "{");
  assert.match(lacuna("codesign", "torn.json").stderr, /config\/not-json/);
  assert.match(lacuna("codesign").stderr, /config\/missing/);
});

test("--json is valid also on error", () => {
  const { stdout, status } = lacuna("eval", "none.lacuna", "--json");
  assert.equal(status, 3);
  assert.deepEqual(JSON.parse(stdout), {
    error: { code: "file/missing", message: "none.lacuna: there is no such file" },
    exit: 3,
  });
});

test("--plan runs nothing", () => {
  const { stdout, status } = lacuna("demo", "--plan");
  assert.equal(status, 0);
  assert.match(stdout, /explore +36 designs by nsga2/);
});

test("a TypeScript configuration is evaluated in a process of its own", () => {
  writeFileSync(
    path.join(folder, "lacuna.config.ts"),
    'export const config = { name: "ts", explore: { designs: 5 } };\nconsole.log("noise");\n',
  );
  assert.match(lacuna("codesign", "--plan").stdout, /explore +5 designs/);
  writeFileSync(path.join(folder, "throws.ts"), 'throw new Error("boom");\n');
  assert.match(lacuna("codesign", "throws.ts").stderr, /config\/failed.*boom/);
});

test("the examples are valid documents", () => {
  for (const name of ["mnist", "nmnist"]) assert.equal(configurationOf(`examples/${name}.config.json`).name, name);
});
