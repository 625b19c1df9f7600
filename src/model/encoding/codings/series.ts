// Codings of change need values that change: an image is shown row by row, or stands still.

import { UserError } from "../../../base/index.ts";
import { elementCount } from "../../tensor/index.ts";
import { choiceField, type Field } from "../field.ts";

/** `rows` shows row ⌊t · rows / T⌋ in step t; `still` shows everything in every step. */
export type Scan = "rows" | "still";

export const scanField: Field<Scan> = choiceField(
  "an image stands still, or is shown row by row",
  ["still", "rows"],
  "still",
);

/** Values of one step. @throws `encoding/no-rows` when the features are not rows of columns */
export function seriesWidth(shape: readonly number[], scan: Scan): number {
  if (scan === "still") return elementCount(shape);
  if (shape.length !== 2) {
    throw new UserError(
      "encoding/no-rows",
      `encoding.scan: "rows" needs samples of shape [rows, columns], got [${shape.join(", ")}]`,
    );
  }
  return shape[1] ?? 0;
}

/** A sample as values over time. Shape [step, value]. */
export function seriesOf(values: Float32Array, shape: readonly number[], scan: Scan, stepCount: number): Float32Array {
  const width = seriesWidth(shape, scan);
  const rows = values.length / width;
  const series = new Float32Array(stepCount * width);
  for (let step = 0; step < stepCount; step++) {
    const row = Math.floor((step * rows) / stepCount);
    series.set(values.subarray(row * width, (row + 1) * width), step * width);
  }
  return series;
}
