import assert from "node:assert/strict";
import { test } from "node:test";
import type { Workers } from "../../platform/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { batchEncoder } from "./batch-encoder.ts";
import { encodeBatch, type BatchOptions } from "./batch.ts";
import type { Dataset } from "./dataset.ts";

const featureCount = 40;
const split = (sampleCount: number) => ({
  sampleCount,
  labels: new Uint8Array(sampleCount),
  values: Uint8Array.from({ length: sampleCount * featureCount }, (_, i) => (i * 7) % 256),
});
const dataset: Dataset = {
  name: "made up",
  title: "made up",
  source: "here",
  license: "none",
  shape: [5, 8],
  featureCount,
  classCount: 2,
  maxValue: 255,
  train: split(9),
  test: split(1),
};
const options: BatchOptions = {
  encoding: { kind: "rate", gain: 1, offset: 0 },
  stepCount: 4,
  seed: 3,
  pool: 1,
  epoch: 1,
};
const [first, second] = [Uint32Array.of(3, 1), Uint32Array.of(0, 2, 5)];

/** What makes the same data look like much. */
const much = { stepCount: 1e6, encoding: options.encoding };

/** Workers, and what they were asked for. */
function watched(): { readonly workers: Workers; readonly asked: string[] } {
  const asked: string[] = [];
  const serve: Workers["serve"] = (url) => {
    const worker = nodePlatform.workers.serve(url);
    return {
      request: (message, transfer) => {
        asked.push((message as { readonly kind: string }).kind);
        return worker.request(message, transfer);
      },
      [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
    };
  };
  return { workers: { ...nodePlatform.workers, serve }, asked };
}

test("batches made ahead in a worker are those made here, expected or not", async () => {
  const { workers, asked } = watched();
  await using encoder = batchEncoder(dataset, much, workers);
  const made = (indices: Uint32Array, epoch: number) =>
    encodeBatch(dataset, dataset.train, indices, { ...options, epoch });
  encoder.expect(first, options);
  assert.deepEqual(await encoder.encode(first, options), made(first, 1));
  encoder.expect(first, options);
  assert.deepEqual(await encoder.encode(second, options), made(second, 1));
  encoder.expect(second, options);
  assert.deepEqual(await encoder.encode(second, { ...options, epoch: 2 }), made(second, 2));
  assert.deepEqual(asked, ["open", "encode", "encode", "encode"]);
});

test("an error in the worker reaches whoever asks for the batch", async () => {
  await using encoder = batchEncoder(dataset, much, nodePlatform.workers);
  const broken = { ...options, encoding: { kind: "events" } } as BatchOptions;
  encoder.expect(first, broken);
  await assert.rejects(encoder.encode(first, broken), { code: "encoding/needs-events" });
});

test("no worker is started for little data, or where there is none", async () => {
  const { workers, asked } = watched();
  for (const [size, some] of [
    [options, workers],
    [{ ...much, encoding: { kind: "direct" } }, workers],
    [much, undefined],
  ] as const) {
    await using encoder = batchEncoder(dataset, size, some);
    encoder.expect(Uint32Array.of(1), options);
    assert.equal((await encoder.encode(Uint32Array.of(1), options)).kind, "spikes");
  }
  assert.deepEqual(asked, []);
});
