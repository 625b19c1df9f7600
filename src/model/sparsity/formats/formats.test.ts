import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, unsignedBits } from "../../../base/index.ts";
import { breakEvenDensity } from "../index.ts";
import { logicalBits, ramShape, storageFormats, type IntegerMatrix, type StoredMatrix } from "./index.ts";

const byName = Object.fromEntries(storageFormats.map((format) => [format.name, format]));

/** Every bit of every memory in one string, and back: nothing that is not in those bits may help a decoder. */
function throughBits(stored: StoredMatrix): { readonly stored: StoredMatrix; readonly length: number } {
  const memories = stored.memories.map((memory) => {
    const text = memory.words.map((word) => bitsOf(word, memory.width)).join("");
    const isSigned = memory.words.some((word) => word < 0);
    const words = memory.words.map((_, i) => {
      const bits = text.slice(i * memory.width, (i + 1) * memory.width);
      const value = bits === "" ? 0 : Number.parseInt(bits, 2);
      return isSigned && bits.startsWith("1") ? value - 2 ** memory.width : value;
    });
    return { memory: { ...memory, words }, length: text.length };
  });
  return {
    stored: { ...stored, memories: memories.map(({ memory }) => memory) },
    length: memories.reduce((sum, { length }) => sum + length, 0),
  };
}

function bitsOf(value: number, width: number): string {
  if (width === 0) return "";
  assert.ok(value >= -(2 ** (width - 1)) && value < 2 ** width, `${value} fits ${width} bits`);
  return (value < 0 ? value + 2 ** width : value).toString(2).padStart(width, "0");
}

/** Bits of an index, counted by halving. */
function log2Up(count: number): number {
  let bits = 1;
  while (2 ** bits < count) bits++;
  return bits;
}

/** Bits by brute force, written without looking at the formats: rows, columns and values as plain loops. */
const bruteForce: Readonly<Record<string, (m: IntegerMatrix, lanes: number) => number>> = {
  dense: ({ rows, columns, bits }) => rows * columns * bits,
  bitmap: (m) => m.rows * m.columns + count(m) * payloadOf(m),
  "bitmap-packed": (m) => (m.rows + 1) * unsignedBits(count(m)) + m.rows * m.columns + count(m) * payloadOf(m),
  "two-level bitmap": (m) => {
    const values = Array.from(m.values);
    const sizes = [2, 4, 8, 16, 32, 64].map((group) => {
      let bits = 0;
      for (let i = 0; i < values.length; i += group) {
        const part = values.slice(i, i + group);
        bits += 1 + (part.some((v) => v !== 0) ? part.length : 0);
      }
      return bits;
    });
    return Math.min(...sizes) + count(m) * payloadOf(m);
  },
  "block masks": (m, lanes) => {
    let bits = 0;
    for (let row = 0; row < m.rows; row++) {
      for (let c = 0; c < m.columns; c += lanes) {
        let isEmpty = true;
        for (let k = c; k < Math.min(m.columns, c + lanes); k++)
          if (m.values[row * m.columns + k] !== 0) isEmpty = false;
        bits += 1 + (isEmpty ? 0 : lanes * m.bits);
      }
    }
    return bits;
  },
  coordinates: (m) => count(m) * (log2Up(m.rows) + log2Up(m.columns) + payloadOf(m)),
  "compressed rows": (m) => (m.rows + 1) * unsignedBits(count(m)) + count(m) * (log2Up(m.columns) + payloadOf(m)),
  "compressed columns": (m) => (m.columns + 1) * unsignedBits(count(m)) + count(m) * (log2Up(m.rows) + payloadOf(m)),
  "coordinate payload": (m) => m.rows * log2Up(m.columns + 1) + count(m) * (log2Up(m.columns) + payloadOf(m)),
  "offset pairs": (m) => {
    const choices = [1, 2, 3, 4, 5, 6, 7, 8].map((r) => {
      let entries = 0;
      for (let row = 0; row < m.rows; row++) {
        entries += entryCount(
          Array.from({ length: m.columns }, (_, c) => m.values[row * m.columns + c]!),
          r,
        );
      }
      return entries * (r + m.bits) + (m.rows + 1) * unsignedBits(entries);
    });
    return Math.min(...choices);
  },
  "run length": (m) => entryCount(Array.from(m.values), 4) * (4 + m.bits),
  "relative index": (m) =>
    Math.min(...[1, 2, 3, 4, 5, 6, 7, 8].map((r) => entryCount(Array.from(m.values), r) * (r + m.bits))),
  "address events": (m) => log2Up(m.rows * m.columns + 1) + count(m) * (log2Up(m.rows * m.columns) + payloadOf(m)),
};

const payloadOf = ({ bits }: IntegerMatrix): number => (bits === 1 ? 0 : bits);

function count({ values }: IntegerMatrix): number {
  return Array.from(values).filter((value) => value !== 0).length;
}

/** One entry per value, and one per 2^r zeros in a row before it. */
function entryCount(values: readonly number[], r: number): number {
  let entries = 0;
  let zeros = 0;
  for (const value of values) {
    if (value === 0) zeros++;
    else {
      entries += 1 + Math.floor(zeros / 2 ** r);
      zeros = 0;
    }
  }
  return entries;
}

function randomMatrix(index: number): IntegerMatrix {
  const random = randomStream(77, `matrix ${index}`);
  const rows = 1 + random.integer(8);
  const columns = 1 + random.integer(40);
  const bits = [1, 2, 4, 8][random.integer(4)]!;
  const density = random.uniform() ** 2;
  const largest = bits === 1 ? 1 : 2 ** (bits - 1) - 1;
  const values = Array.from({ length: rows * columns }, () => {
    if (random.uniform() >= density) return 0;
    const size = 1 + random.integer(largest);
    return bits > 1 && random.uniform() < 0.5 ? -size : size;
  });
  return { rows, columns, bits, values };
}

test("10,000 random matrices: every format gives back what it stored, in exactly the bits that brute force counts", () => {
  assert.deepEqual(Object.keys(bruteForce).toSorted(), Object.keys(byName).toSorted());
  for (let i = 0; i < 10_000; i++) {
    const matrix = randomMatrix(i);
    const lanes = 1 + (i % 8);
    const format = storageFormats[i % storageFormats.length]!;
    const stored = format.encode(matrix, lanes);
    const passed = throughBits(stored);
    assert.deepEqual(format.decode(passed.stored, matrix, lanes), matrix.values, `${format.name}, matrix ${i}`);
    const wanted = bruteForce[format.name]!(matrix, lanes);
    assert.equal(passed.length, wanted, `${format.name}, matrix ${i}`);
    assert.equal(logicalBits(stored), wanted);
    assert.equal(format.rowReads(matrix, lanes).length, matrix.rows);
  }
});

test("bits of a hand-made matrix in every format", () => {
  const matrix = { rows: 2, columns: 4, bits: 4, values: [0, 3, 0, 0, -1, 0, 0, 2] };
  const bits = storageFormats.map((format) => [format.name, logicalBits(format.encode(matrix, 2))]);
  assert.deepEqual(Object.fromEntries(bits), {
    dense: 32,
    bitmap: 8 + 12,
    "bitmap-packed": 3 * 2 + 8 + 12,
    "two-level bitmap": 1 + 8 + 12,
    "block masks": 4 + 3 * 2 * 4,
    coordinates: 3 * (1 + 2 + 4),
    "compressed rows": 3 * 2 + 3 * (2 + 4),
    "compressed columns": 5 * 2 + 3 * (1 + 4),
    "coordinate payload": 2 * 3 + 3 * (2 + 4),
    "offset pairs": 3 * 2 + 3 * (2 + 4),
    "run length": 3 * (4 + 4),
    "relative index": 3 * (2 + 4),
    "address events": 4 + 3 * (3 + 4),
  });
});

test("row reads of a hand-made matrix", () => {
  const matrix = { rows: 2, columns: 4, bits: 4, values: [0, 3, 0, 0, -1, 0, 0, 2] };
  const cycles = storageFormats.map((format) => [format.name, format.rowReads(matrix, 2).map((read) => read.cycles)]);
  assert.deepEqual(Object.fromEntries(cycles), {
    dense: [2, 2],
    bitmap: [2, 4],
    "bitmap-packed": [3, 3],
    "two-level bitmap": [5, 5],
    "block masks": [2, 4],
    coordinates: [2, 3],
    "compressed rows": [3, 4],
    "compressed columns": [8, 8],
    "coordinate payload": [2, 4],
    "offset pairs": [3, 4],
    "run length": [2, 3],
    "relative index": [2, 3],
    "address events": [3, 4],
  });
});

test("the RAM sees whole words: lanes side by side, every row on a new word", () => {
  const matrix = { rows: 3, columns: 5, bits: 4, values: new Array<number>(15).fill(1) };
  const [values] = byName["dense"]!.encode(matrix, 2).memories;
  assert.deepEqual(ramShape(values!), { depth: 9, width: 8 });
});

test("mean bits are the mean of what is really stored", () => {
  const random = randomStream(5, "density");
  const shape = { rows: 64, columns: 128, bits: 4 };
  for (const density of [0.05, 0.3]) {
    const values = Array.from({ length: shape.rows * shape.columns }, () => (random.uniform() < density ? 1 : 0));
    const found = values.filter((v) => v !== 0).length / values.length;
    for (const format of storageFormats) {
      const expected = format.expectedBits(shape, found, 4);
      const real = logicalBits(format.encode({ ...shape, values }, 4));
      assert.ok(Math.abs(real / expected - 1) < 0.04, `${format.name} at ${density}: ${real}, expected ${expected}`);
    }
  }
});

test("break-even densities are those of the literature", () => {
  const edge = (name: string, columns: number, bits: number, rows: number): number => {
    const format = byName[name]!;
    return breakEvenDensity(format, { rows, columns, bits }, 1) ?? Number.NaN;
  };
  const percent = (share: number): number => Number((share * 100).toFixed(1));
  const bits = [2, 4, 8, 16];
  for (const b of bits) assert.ok(Math.abs(edge("bitmap", 128, b, 100) - (1 - 1 / b)) < 1e-9, "1 − 1/b");
  // b / (b + ⌈log2 N⌉) with pointers of no weight: one long row.
  for (const b of bits) assert.ok(Math.abs(edge("compressed rows", 2 ** 16, b, 1) - b / (b + 16)) < 1e-3);
  // A list of events against a bitmap of spikes: the most spikes of N neurons for which it is shorter.
  const sizes = [64, 128, 256, 784, 1024, 4096];
  const most = sizes.map((n) => percent(Math.floor(edge("address events", n, 1, 1) * n) / n));
  assert.deepEqual(most, [14.1, 13.3, 11.7, 9.8, 9.9, 8.3]);
  assert.equal(edge("dense", 128, 4, 10), Number.NaN);
});
