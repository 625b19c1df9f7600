// Counter-based random numbers: value i of a stream is a pure function of (seed, stream name, i), so streams can be
// split by name and skipped in any order, and results do not depend on who asks first.
// Philox2x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, doi:10.1145/2063384.2063405

/** A reproducible stream of random numbers. Draws advance it; `at` reads any position without advancing. */
export interface RandomStream {
  /** The i-th 32-bit word of this stream, whatever was drawn before. */
  at(index: number): number;
  /** Next unsigned 32-bit word. */
  uint32(): number;
  /** Next uniform number in [0, 1). */
  uniform(): number;
  /** Next standard normal number. */
  normal(): number;
  /** Next integer in [0, bound). */
  integer(bound: number): number;
  /** Reorder `items` in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** An independent stream; the same name gives the same stream. */
  split(name: string | number): RandomStream;
}

/** Open the stream `name` of `seed`. */
export function randomStream(seed: number, name = ""): RandomStream {
  return streamOf(mix(mix(0x9e3779b9, seed >>> 0), hashText(name)));
}

/** Philox2x32 with 10 rounds: two counter words and one key word to two random words. */
export function philox(counter0: number, counter1: number, key: number): readonly [number, number] {
  const words = new Uint32Array(2);
  fillBlock(words, counter0, counter1, key);
  return [words[0] ?? 0, words[1] ?? 0];
}

// ---------------------------------------------------------------------------------------------------------------------

/** Philox in signed 32-bit arithmetic, written out in one function: three times as fast as with floating point and calls. */
function fillBlock(words: Uint32Array, counter0: number, counter1: number, key: number): void {
  let low = counter0 | 0;
  let high = counter1 | 0;
  let round = key | 0;
  for (let i = 0; i < 10; i++) {
    // The upper half of the product of `low` and the multiplier 0xd256d193; no sum exceeds 32 bits without sign.
    const a = low & 0xffff;
    const b = low >>> 16;
    const middle = (Math.imul(b, 0xd193) + (Math.imul(a, 0xd193) >>> 16)) | 0;
    const other = (Math.imul(a, 0xd256) + (middle & 0xffff)) | 0;
    const carry = (Math.imul(b, 0xd256) + (middle >>> 16) + (other >>> 16)) | 0;
    const product = Math.imul(low, 0xd256d193);
    low = carry ^ round ^ high;
    high = product;
    round = (round + 0x9e3779b9) | 0;
  }
  words[0] = low;
  words[1] = high;
}

function streamOf(key: number): RandomStream {
  let position = 0;
  // One block of the generator is two words: neighbors share it.
  let block = Number.NaN;
  const words = new Uint32Array(2);
  const stream: RandomStream = {
    at: (index) => {
      const isSecond = index & 1;
      const wanted = (index - isSecond) / 2;
      if (wanted !== block) {
        fillBlock(words, wanted, Math.floor(wanted / 2 ** 32), key);
        block = wanted;
      }
      return words[isSecond] ?? 0;
    },
    uint32: () => stream.at(position++),
    uniform: () => stream.uint32() / 2 ** 32,
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log((stream.uint32() + 1) / (2 ** 32 + 1)));
      return radius * Math.cos(2 * Math.PI * stream.uniform());
    },
    integer: (bound) => Math.floor(stream.uniform() * bound),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = stream.integer(i + 1);
        const held = items[i];
        items[i] = items[j];
        items[j] = held;
      }
      return items;
    },
    split: (name) => streamOf(mix(key, hashText(String(name)))),
  };
  return stream;
}

function mix(a: number, b: number): number {
  return philox(a, b, 0x6c61634e)[0];
}

/** FNV-1a over UTF-16 code units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
