import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { predictEncoderCore, publishedEncoderDefects } from "./encoder-core.ts";
import { broadcastCycles, publishedDefects, type EventControlWork } from "./machine.ts";
import { predictEventControl } from "./predict.ts";
import { simulateEventControl } from "./simulate.ts";

/** @source SNN-DSE, git 8a2fc2b, trace_log.txt: 500x500x300 at 4x8x16 */
const logged: EventControlWork = {
  neuronsPerUnit: [4, 8, 16],
  spikes: [
    [93, 95, 112, 97, 96],
    [58, 74, 81, 81],
    [75, 95, 89],
  ],
};

test("the published simulator's log is met to the cycle", () => {
  const { starts, ends } = simulateEventControl(logged, publishedDefects);
  assert.deepEqual(starts, [
    [0, 1679, 3658, 8616, 14894],
    [1678, 3657, 8615, 14893],
    [3655, 8613, 14891],
  ]);
  assert.deepEqual(ends, [8609, 14887, 20769]);
});

test("the recurrence equals the simulation of the controllers on any work", () => {
  const step = fc.integer({ min: 0, max: 30 });
  const work = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 6 }))
    .chain(([layerCount, stepCount]) =>
      fc.record({
        neuronsPerUnit: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: layerCount, maxLength: layerCount }),
        spikes: fc.array(fc.array(step, { minLength: stepCount, maxLength: stepCount }), {
          minLength: layerCount,
          maxLength: layerCount,
        }),
      }),
    );
  fc.assert(
    fc.property(work, (drawn) => {
      assert.deepEqual(predictEventControl(drawn), simulateEventControl(drawn));
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("a counter of 8 bits makes 64 neurons per unit look free, and only when asked for", () => {
  assert.deepEqual(
    [63, 64, 65].map((units) => broadcastCycles(units)),
    [254, 258, 262],
  );
  assert.deepEqual(
    [63, 64, 65].map((units) => broadcastCycles(units, publishedDefects)),
    [254, 2, 6],
  );
});

test("an input step without spikes waits for the buffer; in the published simulator it is lost", () => {
  const first = [1, 0, 0];
  const waited = simulateEventControl({ neuronsPerUnit: [1, 8], spikes: [first, [90, 0, 0]] }).starts;
  assert.equal(waited[1]?.length, 3);
  const lossy = simulateEventControl({ neuronsPerUnit: [1, 8], spikes: [first, [90]] }, { unaskedEmptySteps: true });
  assert.equal(lossy.starts[0]?.length, 3);
  assert.ok((lossy.starts[0]?.[2] ?? Infinity) < (waited[0]?.[2] ?? 0), "it runs ahead of the full buffer");
});

test("the encoder core as published, and without its defects", () => {
  const work = { inputCount: 784, chunkBits: 28, groups: 8, spikes: [79, 0, 75, 61, 109, 83, 73, 74, 85, 95] };
  const published = { compressionCycles: 2060, totalCycles: 8866, accumulations: 6525 };
  assert.deepEqual(predictEncoderCore(work, publishedEncoderDefects), published);
  const right = predictEncoderCore(work);
  assert.equal(right.accumulations, 8 * 734);
  assert.equal(right.totalCycles, 2060 + 2 + 8 * (1 + 735 + 20));
});
