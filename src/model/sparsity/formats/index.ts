import { addressEvents } from "./address-events.ts";
import { bitmapPacked } from "./bitmap-packed.ts";
import { bitmap } from "./bitmap.ts";
import { blockMasks } from "./block-masks.ts";
import { compressedColumns } from "./compressed-columns.ts";
import { compressedRows } from "./compressed-rows.ts";
import { coordinatePayload } from "./coordinate-payload.ts";
import { coordinates } from "./coordinates.ts";
import { dense } from "./dense.ts";
import type { StorageFormat } from "./format.ts";
import { offsetPairs } from "./offset-pairs.ts";
import { relativeIndex } from "./relative-index.ts";
import { runLength } from "./run-length.ts";
import { twoLevelBitmap } from "./two-level-bitmap.ts";

export {
  indexBits,
  logicalBits,
  ramShape,
  type IntegerMatrix,
  type MatrixShape,
  type RowRead,
  type StorageFormat,
  type StoredMatrix,
  type StoredMemory,
} from "./format.ts";

/** Every format, densest first. */
export const storageFormats: readonly StorageFormat[] = [
  dense,
  bitmap,
  bitmapPacked,
  twoLevelBitmap,
  blockMasks,
  coordinates,
  compressedRows,
  compressedColumns,
  coordinatePayload,
  offsetPairs,
  runLength,
  relativeIndex,
  addressEvents,
];
