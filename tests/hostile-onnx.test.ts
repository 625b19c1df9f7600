import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../src/base/index.ts";
import { readOnnx, runAnalog } from "../src/model/onnx/index.ts";
import { hostileOnnx } from "./hostile-onnx.ts";

/** Seconds for one file on a busy machine. */
const patience = 15;

test("no hostile ONNX file crashes, hangs or takes memory; each is read and run, or refused by a code", () => {
  const files = hostileOnnx();
  assert.ok(files.length >= 140, `${files.length} files`);
  const before = process.memoryUsage().rss;
  const wrong = files.flatMap(({ name, bytes, must }) => {
    const started = performance.now();
    const outcome = outcomeOf(bytes, name);
    const seconds = (performance.now() - started) / 1000;
    const isRefused = /^onnx\/[a-z-]+$/.test(outcome);
    const isRight =
      must === "either" ? isRefused || outcome === "read" : must === "read" ? outcome === "read" : isRefused;
    return isRight && seconds < patience ? [] : [`${name}: must ${must}, ${outcome}, ${seconds.toFixed(1)} s`];
  });
  assert.deepEqual(wrong, []);
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(grown < 1200, `memory grew by ${grown} MB`);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

function outcomeOf(bytes: Uint8Array, name: string): string {
  try {
    const network = readOnnx(bytes, name);
    const count = network.input.shape.reduce((product, length) => product * length, 1);
    if (count >= 0 && count < 1e5) runAnalog(network, { shape: network.input.shape, data: new Float32Array(count) });
    return "read";
  } catch (error) {
    if (!(error instanceof UserError)) return `crashed: ${String(error)}`;
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    return /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/.test(error.message) ? "control characters" : error.code;
  }
}
