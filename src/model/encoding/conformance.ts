import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../base/index.ts";
import { countSpikes, firingNeurons, type SpikeTrain } from "../tensor/index.ts";
import { checkEncoding, encode, encodedInputCount, type Encoding } from "./index.ts";

const shape = [5, 6];
const features = 30;

/** What every encoding of values must do, with its defaults or any other parameters. */
export function testEncoding(encoding: Encoding): void {
  const title = JSON.stringify(encoding);

  test(`${title}: its own parameters pass its checks`, () => {
    assert.deepEqual(checkEncoding(encoding, "encoding"), []);
  });

  test(`${title}: the same seed gives the same spikes, in any batch`, () => {
    const [a, b] = [valuesOf(1), valuesOf(2)];
    const alone = spikesOf(encoding, b, [2]);
    const together = spikesOf(encoding, Float32Array.of(...a, ...b), [1, 2]);
    assert.equal(alone.neuronCount, encodedInputCount(encoding, shape));
    for (let step = 0; step < alone.stepCount; step++) {
      assert.deepEqual(firingNeurons(together, step, 1), firingNeurons(alone, step, 0), `step ${step}`);
    }
  });

  test(`${title}: spikes lie inside the inputs, and there are some`, () => {
    const spikes = spikesOf(encoding, valuesOf(3), [0]);
    assert.ok(countSpikes(spikes) > 0);
    for (let step = 0; step < spikes.stepCount; step++) {
      for (const input of firingNeurons(spikes, step, 0)) assert.ok(input < spikes.neuronCount, `input ${input}`);
    }
  });

  test(`${title}: empty batches and a single step`, () => {
    assert.equal(spikesOf(encoding, new Float32Array(0), []).sampleCount, 0);
    assert.equal(spikesOf(encoding, valuesOf(4), [0], 1).stepCount, 1);
  });
}

/** Spikes of samples of `shape`. */
export function spikesOf(
  encoding: Encoding,
  values: Float32Array,
  sampleIds: readonly number[],
  stepCount = 12,
): SpikeTrain {
  const encoded = encode(encoding, values, { shape, stepCount, sampleIds, random: randomStream(5, "encoding") });
  assert.ok(encoded.kind === "spikes");
  return encoded.spikes;
}

// ---------------------------------------------------------------------------------------------------------------------

function valuesOf(seed: number): Float32Array {
  const random = randomStream(seed, "values");
  return Float32Array.from({ length: features }, () => random.uniform());
}
