import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../src/base/index.ts";
import { planNir, readNir, soundGraph } from "../src/model/nir/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { hostileFiles } from "./hostile-nir.ts";

/** Seconds for one file on a busy machine, with the start of a new worker. */
const patience = 40;
const memoryMegabytes = 1500;

test("no hostile file crashes, hangs or takes memory; each is read or refused by a code", async () => {
  const files = await hostileFiles();
  assert.ok(files.length >= 300, `${files.length} files`);
  assert.equal(new Set(files.map(({ name }) => name)).size, files.length, "names are unique");
  const before = process.memoryUsage().rss;
  const wrong: string[] = [];
  for (const { name, bytes, must } of files) {
    const started = performance.now();
    let outcome: string;
    try {
      const reading = readNir(await nodePlatform.hdf5.read(bytes, name), name);
      planNir(soundGraph(reading, name), { dialect: "nir", stepSeconds: 1e-4 });
      outcome = "read";
    } catch (error) {
      outcome = error instanceof UserError ? error.code : `crashed: ${String(error)}`;
    }
    const isRefused = /^(hdf5|nir|dialect)\/[a-z-]+$/.test(outcome);
    const isRight =
      must === "either" ? isRefused || outcome === "read" : must === "read" ? outcome === "read" : isRefused;
    if (!isRight) wrong.push(`${name}: must ${must}, ${outcome}`);
    const seconds = (performance.now() - started) / 1000;
    if (seconds > patience) wrong.push(`${name}: ${seconds} s`);
  }
  assert.deepEqual(wrong, []);
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(grown < memoryMegabytes, `memory grew by ${grown} MB`);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});
