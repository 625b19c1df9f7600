// The main job as a user runs it: killed at random moments and continued, it ends with the bytes of a run that was left alone.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { randomStream } from "../src/base/index.ts";

const root = mkdtempSync(path.join(tmpdir(), "lacuna-demo-"));
after(() => rmSync(root, { recursive: true }));
const main = path.resolve("src/cli/main.ts");
/** The demo, made short: every stage is real. */
const short = [
  "--set",
  "training.epochs=12",
  "tuning.epochs=3",
  "explore.designs=8",
  "explore.stepCount=[6]",
  "network.hidden=[24]",
  "constraints=[]",
];

function lacuna(folder: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [main, ...args], {
    cwd: path.join(root, folder),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
}

function fingerprint(folder: string): Record<string, string> {
  const output = path.join(root, folder, "lacuna-out/demo");
  const names = [
    "front.csv",
    "energy.csv",
    "design.bin",
    "model.lacuna",
    ...readdirSync(path.join(output, "rtl")).map((f) => `rtl/${f}`),
  ];
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(output, name)).toString("base64")]));
}

test("kill −9 at random moments, the same command again: the same bytes in the end", { timeout: 900_000 }, async () => {
  for (const folder of ["whole", "killed"]) spawnSync("mkdir", [path.join(root, folder)]);
  const whole = lacuna("whole", "demo", ...short);
  assert.equal(whole.status, 0, whole.stderr);
  const random = randomStream(20, "kill");
  let kills = 0;
  for (let attempt = 0; attempt < 60; attempt++) {
    const child = spawn(process.execPath, [main, "demo", ...short], {
      cwd: path.join(root, "killed"),
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    // The last attempts get all the time they need.
    const wait = kills < 8 ? 700 + random.integer(3500) : 600_000;
    const timer = setTimeout(() => {
      kills++;
      child.kill("SIGKILL");
    }, wait);
    const status = await ended;
    clearTimeout(timer);
    if (status === 0) break;
  }
  assert.ok(kills >= 3, `only ${kills} kills hit a running process`);
  assert.deepEqual(fingerprint("killed"), fingerprint("whole"));
});

test("named fault points: a crash inside a write, a rename or an append loses nothing", { timeout: 900_000 }, () => {
  spawnSync("mkdir", [path.join(root, "points")]);
  const run = (crash?: string) =>
    spawnSync(process.execPath, [main, "demo", ...short], {
      cwd: path.join(root, "points"),
      encoding: "utf8",
      env: { ...process.env, ...(crash === undefined ? {} : { LACUNA_CRASH: crash }) },
    });
  for (const point of [
    "blob-half-written:2",
    "before-rename:3",
    "after-rename:3",
    "before-append:1",
    "after-append:1",
  ]) {
    assert.equal(run(point).signal, "SIGKILL", point);
  }
  const last = run();
  assert.equal(last.status, 0, last.stderr);
  assert.deepEqual(fingerprint("points"), fingerprint("whole"));
});

test("a second run reuses every stage, and a changed choice says which", { timeout: 300_000 }, () => {
  const again = lacuna("whole", "demo", ...short);
  assert.equal(again.status, 0);
  assert.equal(again.stderr.match(/ reused/g)?.length, 6, again.stderr);
  const changed = lacuna("whole", "demo", ...short, "explore.weightBits=[3,4]");
  assert.match(changed.stderr, /explore .*explore\.weightBits: \[3,4,6\] → \[3,4\]/);
});

test("the stages as commands of their own", { timeout: 600_000 }, () => {
  const folder = path.join(root, "stages");
  spawnSync("mkdir", [folder]);
  const good = (...args: readonly string[]) => {
    const { status, stdout, stderr } = lacuna("stages", ...args);
    assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  spawnSync("sh", [
    "-c",
    `echo '{"training":{"epochs":12,"shift":0.5},"network":{"hidden":[32]}}' > ${folder}/lacuna.config.json`,
  ]);
  assert.match(good("train", "--steps", "6"), /test accuracy/);
  assert.match(good("sparsify", "model.lacuna", "--sparsity", "0.5", "--epochs", "4"), /zero weights 50\.0 %/);
  assert.match(good("quantize", "sparse.lacuna", "--bits", "4", "--epochs", "4"), /golden model/);
  assert.match(good("inspect", "quantized.lacuna"), /64-32-10, 6 steps/);
  assert.match(good("eval", "quantized.lacuna"), /360 test samples \(golden model\)/);
  assert.match(good("fit", "quantized.lacuna", "--lanes", "4,2"), /^fits/);
  assert.match(good("rtl", "quantized.lacuna", "--lanes", "4,2", "--storage", "dense", "--samples", "20"), /try next/);
  assert.match(good("verify", "rtl"), /^equal to the golden model/);
  assert.match(good("synth", "rtl"), /logic cells .* placed/);
  assert.ok(existsSync(path.join(folder, "rtl/design.bin")));
  const weights = readdirSync(path.join(folder, "rtl")).find((f) => f.startsWith("weights_0"))!;
  spawnSync("sh", ["-c", `cd ${folder}/rtl && sed -i '30,60s/^./f/' ${weights}`]);
  const broken = lacuna("stages", "verify", "rtl");
  assert.equal(broken.status, 4);
  assert.match(broken.stdout, /^differs: .*sample \d+/);
});
