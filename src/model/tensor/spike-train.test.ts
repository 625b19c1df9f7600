import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  countRow,
  countSpikes,
  firingNeurons,
  hasSpike,
  popCount,
  rowStart,
  selectSamples,
  setSpike,
  spikeTrain,
  type SpikeTrain,
} from "./index.ts";

/** A train with the spikes that made it, as plain arrays: the twin that packing is compared with. */
const trains = fc
  .record({
    stepCount: fc.integer({ min: 1, max: 4 }),
    sampleCount: fc.integer({ min: 1, max: 4 }),
    neuronCount: fc.integer({ min: 1, max: 100 }),
  })
  .chain((shape) =>
    fc
      .array(
        fc.tuple(
          fc.nat({ max: shape.stepCount - 1 }),
          fc.nat({ max: shape.sampleCount - 1 }),
          fc.nat({ max: shape.neuronCount - 1 }),
        ),
        { maxLength: 60 },
      )
      .map((spikes) => ({ shape, spikes })),
  );

function packed(shape: Parameters<typeof spikeTrain>[0], spikes: readonly (readonly number[])[]): SpikeTrain {
  const train = spikeTrain(shape);
  for (const [step = 0, sample = 0, neuron = 0] of spikes) setSpike(train, step, sample, neuron);
  return train;
}

test("a train holds exactly the spikes that were set, in ascending order, once each", () => {
  fc.assert(
    fc.property(trains, ({ shape, spikes }) => {
      const train = packed(shape, spikes);
      const set = new Set(spikes.map((spike) => spike.join()));
      let total = 0;
      for (let step = 0; step < shape.stepCount; step++) {
        for (let sample = 0; sample < shape.sampleCount; sample++) {
          const wanted = Array.from({ length: shape.neuronCount }, (_, n) => n).filter((n) =>
            set.has([step, sample, n].join()),
          );
          assert.deepEqual(firingNeurons(train, step, sample), wanted);
          assert.equal(countRow(train, step, sample), wanted.length);
          for (let n = 0; n < shape.neuronCount; n++) {
            assert.equal(hasSpike(train, step, sample, n), wanted.includes(n));
          }
          total += wanted.length;
        }
      }
      assert.equal(countSpikes(train), total);
      assert.equal(total, set.size);
    }),
    { seed: 11, numRuns: 200 },
  );
});

test("rows start on a word, and bits beyond the last neuron stay 0", () => {
  for (const neuronCount of [1, 31, 32, 33, 64, 65]) {
    const train = spikeTrain({ stepCount: 2, sampleCount: 3, neuronCount });
    assert.equal(train.rowWords, Math.ceil(neuronCount / 32));
    assert.equal(rowStart(train, 1, 2), 5 * train.rowWords);
    for (let n = 0; n < neuronCount; n++) setSpike(train, 1, 2, n);
    assert.equal(countSpikes(train), neuronCount);
    const last = train.words[rowStart(train, 1, 2) + train.rowWords - 1]!;
    assert.equal(last, neuronCount % 32 === 0 ? 0xffffffff : 2 ** (neuronCount % 32) - 1);
  }
});

test("the top bit of a word is a neuron like any other", () => {
  const train = spikeTrain({ stepCount: 1, sampleCount: 1, neuronCount: 32 });
  setSpike(train, 0, 0, 31);
  assert.equal(train.words[0], 0x80000000);
  assert.deepEqual(firingNeurons(train, 0, 0), [31]);
  assert.equal(hasSpike(train, 0, 0, 31), true);
});

test("selected samples keep their rows, in the order asked for, also twice", () => {
  fc.assert(
    fc.property(trains, fc.array(fc.nat(), { maxLength: 6 }), ({ shape, spikes }, picks) => {
      const train = packed(shape, spikes);
      const indices = picks.map((pick) => pick % shape.sampleCount);
      const selected = selectSamples(train, indices);
      assert.deepEqual(
        [selected.sampleCount, selected.words.length],
        [indices.length, indices.length * shape.stepCount * train.rowWords],
      );
      for (let step = 0; step < shape.stepCount; step++) {
        indices.forEach((index, i) => {
          assert.deepEqual(firingNeurons(selected, step, i), firingNeurons(train, step, index));
        });
      }
    }),
    { seed: 12, numRuns: 100 },
  );
});

test("set bits are counted as the digits say", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (word) => {
      assert.equal(popCount(word), word.toString(2).replaceAll("0", "").length);
    }),
    { seed: 13, examples: [[0], [0xffffffff], [0x80000000], [1]] },
  );
});

test("an empty train has no words; words that do not fill the shape are refused", () => {
  assert.equal(countSpikes(spikeTrain({ stepCount: 3, sampleCount: 0, neuronCount: 5 })), 0);
  assert.throws(() => spikeTrain({ stepCount: 2, sampleCount: 3, neuronCount: 33 }, new Uint32Array(11)), {
    code: "tensor/shape-mismatch",
    message: "spikes of shape [2, 3, 33] fill 12 words, got 11",
  });
});
