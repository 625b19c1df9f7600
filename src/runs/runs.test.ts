import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { UserError } from "../base/index.ts";
import { nodePlatform } from "../platform/node/index.ts";
import { decodeArtifact, describeChange, encodeArtifact, flattenKey, openRun, type Stage } from "./index.ts";

const root = mkdtempSync(path.join(tmpdir(), "lacuna-runs-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const freshFolder = (): string => path.join(root, String(folders++));
const signal = new AbortController().signal;

function stage(
  inputs: Readonly<Record<string, unknown>>,
  counter: { runs: number },
): Stage<{ sum: number; values: Float32Array }> {
  return {
    name: "add",
    version: 1,
    inputs,
    run: async () => {
      counter.runs++;
      return { sum: 3, values: Float32Array.of(1, 2) };
    },
  };
}

test("a stage runs once, is reused, and says why it runs again", async () => {
  const folder = freshFolder();
  const counter = { runs: 0 };
  const reasons: string[] = [];
  for (const inputs of [
    { bits: 8, tune: { epochs: 3 } },
    { bits: 8, tune: { epochs: 3 } },
    { bits: 6, tune: { epochs: 3 } },
    { bits: 6, tune: { epochs: 4 } },
  ]) {
    await using run = await openRun(nodePlatform, folder);
    const { reason, output } = await run.stage(stage(inputs, counter), { signal });
    reasons.push(reason);
    assert.deepEqual(output, { sum: 3, values: Float32Array.of(1, 2) });
  }
  assert.deepEqual(reasons, ["first time", "unchanged", "bits: 8 → 6", "tune.epochs: 3 → 4"]);
  assert.equal(counter.runs, 3);
});

test("a damaged or missing artifact is noticed and made again", async () => {
  const folder = freshFolder();
  const counter = { runs: 0 };
  const once = async (): Promise<string> => {
    await using run = await openRun(nodePlatform, folder);
    return (await run.stage(stage({ a: 1 }, counter), { signal })).reason;
  };
  await once();
  const file = path.join(folder, "artifacts", readdirSync(path.join(folder, "artifacts"))[0]!);
  const bytes = readFileSync(file);
  bytes[30] = bytes[30]! ^ 1;
  writeFileSync(file, bytes);
  assert.equal(await once(), "its artifact is damaged");
  rmSync(file);
  assert.equal(await once(), "its artifact is missing");
  assert.equal(await once(), "unchanged");
});

test("a torn last journal line is dropped; damage before it is reported", async () => {
  const folder = freshFolder();
  const counter = { runs: 0 };
  await (await openRun(nodePlatform, folder))[Symbol.asyncDispose]();
  {
    await using run = await openRun(nodePlatform, folder);
    await run.stage(stage({ a: 1 }, counter), { signal });
  }
  const journal = path.join(folder, "journal.jsonl");
  appendFileSync(journal, '{"stage":"torn');
  {
    await using run = await openRun(nodePlatform, folder);
    assert.equal(run.journal.length, 1);
    assert.equal((await run.stage(stage({ a: 1 }, counter), { signal })).reused, true);
  }
  appendFileSync(journal, "garbage\n{}\n");
  await assert.rejects(
    openRun(nodePlatform, folder),
    (e: UserError) => e.code === "run/damaged-journal" && e.message.endsWith("line 2: it is damaged"),
  );
});

test("a checkpoint survives, the newest intact one wins, and it goes when the stage ends", async () => {
  const folder = freshFolder();
  const interrupted = { name: "long", version: 1, inputs: { a: 1 } };
  {
    await using run = await openRun(nodePlatform, folder);
    const broken = run.stage(
      {
        ...interrupted,
        run: async ({ checkpoint }) => {
          await checkpoint.save({ epoch: 1 });
          await checkpoint.save({ epoch: 2 });
          throw new Error("killed");
        },
      },
      { signal },
    );
    await assert.rejects(broken, /killed/);
  }
  const files = readdirSync(path.join(folder, "checkpoints")).sort();
  assert.equal(files.length, 2);
  const newest = files
    .map((f) => path.join(folder, "checkpoints", f))
    .find((f) => JSON.stringify(decodeArtifact(readFileSync(f), f)).includes('"epoch":2'))!;
  writeFileSync(newest, readFileSync(newest).subarray(0, 40));
  await using run = await openRun(nodePlatform, folder);
  const { output } = await run.stage({ ...interrupted, run: ({ checkpoint }) => checkpoint.load() }, { signal });
  assert.deepEqual(output, { epoch: 1 });
  assert.deepEqual(readdirSync(path.join(folder, "checkpoints")), []);
});

test("two processes: the second is told who works there; a dead holder's lock is taken over", async () => {
  const folder = freshFolder();
  await using run = await openRun(nodePlatform, folder);
  assert.ok(run);
  await assert.rejects(
    openRun(nodePlatform, folder),
    (e: UserError) => e.code === "run/busy" && e.exit === "busy" && e.message.includes(`process ${process.pid}`),
  );
  const dead = freshFolder();
  const child = spawnSync(process.execPath, ["-e", "process.stdout.write(String(process.pid))"], { encoding: "utf8" });
  await nodePlatform.files.write(
    `${dead}/lock`,
    JSON.stringify({ pid: Number(child.stdout), host: (await import("node:os")).hostname(), since: "before" }),
  );
  await using taken = await openRun(nodePlatform, dead);
  assert.equal(taken.folder, dead);
});

test("a newer store is refused politely and left alone", async () => {
  const folder = freshFolder();
  await nodePlatform.files.write(`${folder}/format`, "2\n");
  await assert.rejects(openRun(nodePlatform, folder), (e: UserError) => e.code === "run/newer-format");
  assert.deepEqual(readdirSync(folder), ["format"]);
});

test("artifacts: round trip, and every hostile change is caught", () => {
  const value = {
    a: [1, "x", null, true],
    b: Float32Array.of(1.5, -2),
    c: { d: Uint16Array.of(7) },
    e: new Int32Array(0),
  };
  const bytes = encodeArtifact(value);
  assert.deepEqual(decodeArtifact(bytes, "f"), value);
  for (let at = 0; at < bytes.length; at += 3) {
    const changed = bytes.slice();
    changed[at] = changed[at]! ^ 0x10;
    assert.throws(() => decodeArtifact(changed, "f"), UserError, `byte ${at}`);
    assert.throws(() => decodeArtifact(bytes.subarray(0, at), "f"), UserError, `cut at ${at}`);
  }
});

test("keys: every part is named alone", () => {
  const inputs = { a: 1, b: { c: "x", d: [1, 2] }, e: Float32Array.of(1) };
  const before = flattenKey(inputs);
  assert.deepEqual(Object.keys(before).sort(), ["a", "b.c", "b.d", "e"]);
  const changes = [
    { ...inputs, a: 2 },
    { ...inputs, b: { ...inputs.b, c: "y" } },
    { ...inputs, b: { ...inputs.b, d: [1, 3] } },
    { ...inputs, e: Float32Array.of(2) },
  ];
  assert.deepEqual(
    changes.map((changed) => describeChange(flattenKey(changed), before).split(":")[0]),
    ["a", "b.c", "b.d", "e"],
  );
});
