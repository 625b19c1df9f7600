// Reading patches of a bitmap: the bits of a kernel row lie side by side, so that one or two unaligned loads get them.

import {
  apply,
  i32,
  i64,
  load,
  sum,
  times,
  type KernelBuilder,
  type Local,
  type Value,
} from "../../kernel/language.ts";
import type { ConvolutionPlan } from "./plan.ts";

/** What a kernel sees at one position. */
export interface Patch {
  /** Address of the row's bitmap. */
  readonly bits: Local;
  /** The bit of the patch's first cell. */
  readonly first: Local;
  /** Group of channels, where there are several. */
  readonly group: Local | undefined;
}

/** One firing input of a patch: the byte offset of its row of weights, and its bit in the bitmap. */
export type PatchEvent = (weights: Local, bit: Value) => void;

/** Runs `write` for every firing input of a patch, in the order of the reference. */
export function eachPatchEvent(k: KernelBuilder, plan: ConvolutionPlan, patch: Patch, write: PatchEvent): void {
  const { kernelRows, kernelColumns, groupInputs, padded, pixelWidth } = plan;
  const rowBytes = 4 * pixelWidth;
  const pitch = padded.columns * padded.channels;
  const weights = k.keep(i32(0));
  const start = k.keep(patch.group === undefined ? patch.first : sum(patch.first, times(patch.group, groupInputs)));
  k.loop(i32(0), i32(kernelRows), 1, () => {
    for (const { from, length, weight } of segments(plan)) {
      eachChunk(k, plan, { bits: patch.bits, first: sum(start, i32(from)), length }, (bit, index) => {
        const offset = sum(weights, times(index, rowBytes), i32(weight * rowBytes));
        write(k.keep(offset), bit);
      });
    }
    k.set(weights, sum(weights, i32(kernelColumns * groupInputs * rowBytes)));
    k.set(start, sum(start, i32(pitch)));
  });
}

/** Up to 32 bits of a bitmap from bit `first` on, which need not lie on a byte. */
export function loadShortBits(k: KernelBuilder, address: Value, first: Value, length: number): Local {
  const bit = k.keep(first);
  const at = sum(address, apply("i32.shr_u", bit, i32(3)));
  const shift = apply("i64.extend_u", apply("i32.and", bit, i32(7)));
  const word = apply("i32.wrap", apply("i64.shr_u", load("i64", at), shift));
  return k.keep(length >= 32 ? word : apply("i32.and", word, i32(2 ** length - 1)));
}

// ---------------------------------------------------------------------------------------------------------------------

interface Segment {
  /** Bits from the start of the kernel row, and how many. */
  readonly from: number;
  readonly length: number;
  /** The row of weights of its first bit, from the first of the kernel row. */
  readonly weight: number;
}

/** Bits of a kernel row that lie side by side: all of them, or those of one group in each pixel. */
function segments({ layer, kernelColumns, groupInputs, padded }: ConvolutionPlan): readonly Segment[] {
  if (layer.groups === 1) return [{ from: 0, length: kernelColumns * groupInputs, weight: 0 }];
  return Array.from({ length: kernelColumns }, (_, column) => ({
    from: column * padded.channels,
    length: groupInputs,
    weight: column * groupInputs,
  }));
}

/** Runs `write` with the bit in the bitmap and in the segment of every bit that is set. */
function eachChunk(
  k: KernelBuilder,
  plan: ConvolutionPlan,
  segment: { readonly bits: Local; readonly first: Value; readonly length: number },
  write: (bit: Value, index: Value) => void,
): void {
  const isAligned = plan.groupInputs % 8 === 0;
  // A load of 64 bits from a byte holds 57 from any bit on; a ninth byte completes it.
  const { length } = segment;
  const chunk = isAligned || length <= 64 ? 64 : 56;
  const first = k.keep(segment.first);
  const whole = Math.floor(length / chunk);
  const part = (from: Value, count: number): void => {
    const bits = loadBits(k, segment.bits, sum(first, from), { count, isAligned });
    k.while(apply("i64.ne", bits, i64(0)), () => {
      const lowest = k.keep(apply("i32.wrap", apply("i64.ctz", bits)));
      k.set(bits, apply("i64.and", bits, apply("i64.sub", bits, i64(1))));
      write(sum(first, from, lowest), sum(from, lowest));
    });
  };
  if (whole > 2) k.loop(i32(0), i32(whole * chunk), chunk, (from) => part(from, chunk));
  else for (let i = 0; i < whole; i++) part(i32(i * chunk), chunk);
  if (length > whole * chunk) part(i32(whole * chunk), length - whole * chunk);
}

function loadBits(
  k: KernelBuilder,
  address: Local,
  first: Value,
  { count, isAligned }: { readonly count: number; readonly isAligned: boolean },
): Local {
  const bit = k.keep(first);
  const at = k.keep(sum(address, apply("i32.shr_u", bit, i32(3))));
  let word = load("i64", at);
  if (!isAligned) {
    const shift = k.keep(apply("i64.extend_u", apply("i32.and", bit, i32(7))));
    word = apply("i64.shr_u", word, shift);
    if (count > 57) {
      const last = apply("i64.shl", apply("i64.extend_u", load("u8", at, 8)), i64(1));
      word = apply("i64.or", word, apply("i64.shl", last, apply("i64.sub", i64(63), shift)));
    }
  }
  if (count < 64) word = apply("i64.and", word, lowBits(count));
  return k.keep(word);
}

function lowBits(count: number): Value {
  return apply("i64.sub", apply("i64.shl", i64(1), i64(count)), i64(1));
}
