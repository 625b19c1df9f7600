// Where a direct input is put: as it comes, or pooled and with silence around it where the first layer is a convolution.

import { assertDefined } from "../../../base/index.ts";
import { pool, cellCount } from "../../../model/network/index.ts";
import type { Plan } from "../plan.ts";
import { cellOf } from "./grids.ts";

/** @param values  Shape [sample, input]. */
export function arriveDirectly(floats: Float32Array, plan: Plan, values: Float32Array): void {
  const first = assertDefined(plan.layers[0], "first layer");
  const { convolution } = first;
  if (convolution?.direct === undefined) {
    floats.set(values, plan.arrival / 4);
    return;
  }
  const { input, inputPooling } = convolution.layer;
  const arriving = inputPooling === undefined ? cellCount(input) : cellCount(inputPooling.grid);
  const rowCells = input.columns * input.channels;
  for (let sample = 0; sample * arriving < values.length; sample++) {
    const own = values.subarray(sample * arriving, (sample + 1) * arriving);
    const seen = inputPooling === undefined ? own : pool(own, inputPooling.grid, inputPooling);
    const to = convolution.direct / 4 + sample * convolution.cells;
    for (let row = 0; row < input.rows; row++) {
      floats.set(seen.subarray(row * rowCells, (row + 1) * rowCells), to + cellOf(convolution, row));
    }
  }
}
