// What `formats` does with a model file: every layer's weights in every storage format, and the one to take.

import { assertDefined, suggestName, UserError } from "../base/index.ts";
import { chooseFormat, type FormatChoice } from "../hardware/cost/index.ts";
import { weightColumns } from "../hardware/golden/index.ts";
import { ramKinds, type RamKind, type RamKindName } from "../hardware/target/index.ts";
import { breakEvenTable } from "../model/sparsity/index.ts";
import type { Files } from "../platform/index.ts";
import { integerOf, loadModel } from "./model-file.ts";

export interface FormatsReport {
  readonly ram: RamKind;
  readonly layers: readonly {
    readonly layer: string;
    /** Inputs, or kernel positions × input channels. */
    readonly rows: number;
    readonly columns: number;
    readonly bits: number;
    readonly lanes: number;
    readonly choice: FormatChoice;
    /** Density below which each format saves bits, for 2, 4, 8 and 16 bits per weight. */
    readonly breakEven: ReturnType<typeof breakEvenTable>;
  }[];
}

/** Bits per weight of the break-even tables. */
export const breakEvenBits: readonly number[] = [2, 4, 8, 16];

/**
 * Judge the storage formats for a model; a float model is lowered at 8 bits for it.
 * @throws `formats/ram` with a suggestion
 */
export async function formatsOf(
  files: Files,
  file: string,
  options: { readonly ram: string; readonly lanes: readonly number[]; readonly maxCycles: number | undefined },
): Promise<FormatsReport> {
  if (!Object.hasOwn(ramKinds, options.ram)) {
    const message = `no RAM is called "${options.ram}"; ${suggestName(options.ram, Object.keys(ramKinds))}`;
    throw new UserError("formats/ram", message, { exit: "usage" });
  }
  const ram = ramKinds[options.ram as RamKindName];
  const { layers } = integerOf(await loadModel(files, file));
  return {
    ram,
    layers: layers.map((layer, index) => {
      const { name, weights, weightBits } = layer;
      const columns = weightColumns(layer);
      const rows = weights.length / columns;
      const lanes = Math.min(columns, options.lanes[index] ?? assertDefined(options.lanes.at(-1), "lanes"));
      const matrix = { rows, columns, bits: weightBits, values: weights };
      return {
        layer: name,
        rows,
        columns,
        bits: weightBits,
        lanes,
        choice: chooseFormat(matrix, { ram, lanes, maxCycles: options.maxCycles }),
        breakEven: breakEvenTable(matrix, breakEvenBits, lanes),
      };
    }),
  };
}
