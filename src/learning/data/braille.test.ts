import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { zipSync } from "fflate";
import { UserError } from "../../base/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { readBraille } from "./braille.ts";
import { loadDataset } from "./load.ts";

/** A NumPy file of version 1. */
function npy(shape: readonly number[], data: readonly number[], type = "|u1"): Uint8Array {
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = dictionary.padEnd(117) + "\n";
  const head = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length & 255, header.length >> 8];
  return Uint8Array.from([...head, ...new TextEncoder().encode(header), ...data]);
}

const repetitions = [0, 1, 2, 3, 4];
const archive = (changes: Readonly<Record<string, Uint8Array>> = {}): Uint8Array =>
  zipSync({
    "X.npy": npy(
      [5, 3, 2],
      repetitions.flatMap(() => [10, 10, 14, 9, 10, 6]),
    ),
    "y.npy": npy([5], [0, 1, 2, 3, 26]),
    "rep.npy": npy([5], repetitions),
    "length.npy": npy([5], [3, 3, 3, 3, 2]),
    ...changes,
  });

test("Braille: an event when a sensor moved by four since its last one; every fifth repetition tests", () => {
  const dataset = readBraille(archive(), "b.npz");
  assert.deepEqual([dataset.train.sampleCount, dataset.test.sampleCount, dataset.featureCount], [4, 1, 4]);
  assert.deepEqual([...dataset.test.labels], [26]);
  const [first] = dataset.train.recordings!;
  assert.deepEqual(
    [[...first!.times], [...first!.x], [...first!.polarity]],
    [
      [1000, 2000, 2000],
      [0, 0, 1],
      [1, 0, 0],
    ],
  );
  assert.deepEqual([...dataset.test.recordings![0]!.times], [1000], "behind its length nothing counts");
});

test("Braille: what is not such an archive is refused", () => {
  const refused = (bytes: Uint8Array, code: string): void => {
    assert.throws(
      () => readBraille(bytes, "b.npz"),
      (error: UserError) => error.code === code,
    );
  };
  refused(archive({ "y.npy": npy([5], [0, 1, 2, 3, 27]) }), "data/braille-shape");
  refused(archive({ "y.npy": npy([4], [0, 1, 2, 3]) }), "data/braille-shape");
  refused(archive({ "X.npy": npy([5, 3, 2], [1, 2]) }), "data/npy");
  refused(archive({ "X.npy": npy([1], [1], "<f8") }), "data/npy");
  refused(archive({ "X.npy": Uint8Array.of(1, 2) }), "data/npy");
  refused(Uint8Array.of(1, 2, 3), "data/damaged");
});

const folder = `${process.env["LACUNA_SHARED"] ?? "../shared"}/data/braille`;
test("Braille: the published file", { skip: existsSync(folder) ? false : `there is no ${folder}` }, async () => {
  const dataset = await loadDataset(nodePlatform.files, "braille", folder);
  assert.deepEqual([dataset.train.sampleCount, dataset.test.sampleCount, dataset.featureCount], [864, 216, 24]);
});
