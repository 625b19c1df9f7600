import assert from "node:assert/strict";
import { test } from "node:test";
import { philox, randomStream } from "./index.ts";

test("a position beyond 2^32 is a number of its own, not the start of the stream again", () => {
  const random = randomStream(7, "far");
  const positions = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 33 + 1, 2 ** 34, 2 ** 52];
  const words = positions.map((position) => random.at(position));
  assert.equal(new Set(words).size, positions.length, `${words.join(" ")}`);
});

test("every draw is the word at its position", () => {
  const random = randomStream(1, "draws");
  const words = Array.from({ length: 7 }, (_, i) => random.at(i));
  assert.equal(random.uint32(), words[0]);
  assert.equal(random.uniform(), (words[1] ?? 0) / 2 ** 32);
  assert.equal(random.integer(1000), Math.floor(((words[2] ?? 0) / 2 ** 32) * 1000));
  random.normal();
  assert.equal(random.uint32(), words[5], "a normal number takes two words");
});

test("a split stream depends on its name alone, not on what its parent drew", () => {
  const parent = randomStream(5);
  const before = parent.split("child").at(3);
  parent.shuffle(Array.from({ length: 9 }, (_, i) => i));
  assert.equal(parent.split("child").at(3), before);
  assert.notEqual(parent.split("child").split("child").at(3), before);
  assert.equal(parent.split(12).at(0), parent.split("12").at(0));
});

test("seeds and names that look alike give unlike streams", () => {
  const first = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    for (const name of ["", "a", "b", "ab", "ba", "1"]) first.add(randomStream(seed, name).at(0));
  }
  assert.equal(first.size, 300);
});

test("uniform numbers fill [0, 1): every tenth equally often within 5 sigma", () => {
  const random = randomStream(2, "uniform");
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i++) bins[Math.floor(random.uniform() * 10)]! += 1;
  const sigma = Math.sqrt(20_000 * 0.1 * 0.9);
  for (const count of bins) assert.ok(Math.abs(count - 2000) < 5 * sigma, bins.join(" "));
});

test("one bit of counter or key changes about half of the bits", () => {
  const differing = (a: number, b: number): number => [...((a ^ b) >>> 0).toString(2)].filter((d) => d === "1").length;
  const [base] = philox(1, 2, 3);
  let bits = 0;
  for (let bit = 0; bit < 32; bit++) {
    bits += differing(base, philox(1 ^ (1 << bit), 2, 3)[0]);
    bits += differing(base, philox(1, 2 ^ (1 << bit), 3)[0]);
    bits += differing(base, philox(1, 2, 3 ^ (1 << bit))[0]);
  }
  assert.ok(Math.abs(bits / 96 - 16) < 5 * Math.sqrt(8 / 96), `${bits / 96} of 32 bits`);
});

test("asking in any order gives the same words, neighbors and strangers alike", () => {
  const ascending = randomStream(4, "order");
  const words = Array.from({ length: 64 }, (_, i) => ascending.at(i));
  const random = randomStream(4, "order");
  const positions = randomStream(9).shuffle(Array.from({ length: 256 }, (_, i) => i % 64));
  for (const position of positions) assert.equal(random.at(position), words[position]);
});
