import type { Problem } from "../../base/index.ts";
import {
  cellCount,
  convolvedGrid,
  pooledGrid,
  type ConvLayer,
  type Grid,
  type InputPooling,
  type Pooling,
} from "./layer.ts";

/** Everything wrong with how a convolution fits together; the first problem hides those that follow from it. */
export function checkConvolution(layer: ConvLayer, synapseInputs: number, path: string): Problem[] {
  const { input, output, stride, padding, groups, pooling, weights } = layer;
  const at = (code: string, message: string, where = path, hint?: string): Problem[] => [
    { code, path: where, message, ...(hint === undefined ? {} : { hint }) },
  ];
  if (!isGrid(input) || !isGrid(output)) {
    return at("network/grid", `expected grids of whole sizes ≥ 1, got ${gridText(input)} and ${gridText(output)}`);
  }
  if (!isCount(stride) || !isCount(groups) || !isCount(padding + 1)) {
    const got = `stride ${stride}, padding ${padding}, groups ${groups}`;
    return at("network/convolution", `expected whole stride ≥ 1, padding ≥ 0 and groups ≥ 1, got ${got}`);
  }
  if (cellCount(input) !== synapseInputs) {
    const message = `its input is ${gridText(input)}, ${cellCount(input)} cells, but ${synapseInputs} arrive`;
    return at("network/shape-mismatch", message);
  }
  const [kernelRows = 0, kernelColumns = 0, groupInputs, channels] = weights.shape;
  if (input.channels % groups !== 0 || output.channels % groups !== 0) {
    const got = `${input.channels} and ${output.channels}`;
    return at("network/groups", `${groups} groups must divide input and output channels, got ${got}`);
  }
  const isShaped = weights.shape.length === 4 && groupInputs === input.channels / groups;
  if (!isShaped || channels !== output.channels || !isCount(kernelRows) || !isCount(kernelColumns)) {
    const expected = `[rows, columns, ${input.channels / groups}, ${output.channels}]`;
    return at(
      "network/shape-mismatch",
      `expected shape ${expected}, got [${weights.shape.join(", ")}]`,
      `${path}.weights`,
    );
  }
  const [rows, columns] = [input.rows + 2 * padding, input.columns + 2 * padding];
  if (kernelRows > rows || kernelColumns > columns) {
    const needed = Math.ceil(Math.max(kernelRows - input.rows, kernelColumns - input.columns) / 2);
    const message = `kernel ${kernelRows}×${kernelColumns} does not fit its ${input.rows}×${input.columns} input`;
    return at("network/kernel", message, path, `use padding ≥ ${needed} or a kernel ≤ ${rows}×${columns}`);
  }
  const sums = convolvedGrid(layer);
  if (pooling !== undefined) {
    const problems = checkPooling(pooling, sums, `${path}.pooling`);
    if (problems.length > 0) return problems;
  }
  const expected = pooling === undefined ? sums : pooledGrid(sums, pooling);
  if (gridText(expected) !== gridText(output) || layer.neuronCount !== cellCount(output)) {
    const message = `expected ${gridText(expected)} neurons, got ${gridText(output)} and a count of ${layer.neuronCount}`;
    return at("network/shape-mismatch", message);
  }
  return [];
}

/** Everything wrong with the pooling of a layer's input. */
export function checkInputPooling(pooling: InputPooling, arriving: number, path: string): Problem[] {
  const { grid } = pooling;
  if (isGrid(grid) && cellCount(grid) === arriving) return checkPooling(pooling, grid, path);
  return [
    { code: "network/shape-mismatch", path, message: `its grid is ${gridText(grid)}, but ${arriving} spikes arrive` },
  ];
}

/** "28×28×1", rows first. */
export function gridText({ rows, columns, channels }: Grid): string {
  return `${rows}×${columns}×${channels}`;
}

// ---------------------------------------------------------------------------------------------------------------------

const poolingKinds: readonly string[] = ["max", "sum", "average"] satisfies readonly Pooling["kind"][];

function checkPooling({ kind, size, stride }: Pooling, grid: Grid, path: string): Problem[] {
  if (!poolingKinds.includes(kind)) {
    const message = `no pooling is called "${kind}"; known: ${poolingKinds.join(", ")}`;
    return [{ code: "network/unknown-pooling", path, message }];
  }
  if (!isCount(size) || !isCount(stride)) {
    return [
      { code: "network/pooling", path, message: `expected whole size and stride ≥ 1, got ${size} and ${stride}` },
    ];
  }
  if (size <= grid.rows && size <= grid.columns) return [];
  const message = `a window of ${size}×${size} does not fit ${grid.rows}×${grid.columns}`;
  return [{ code: "network/pooling", path, message }];
}

function isGrid({ rows, columns, channels }: Grid): boolean {
  return isCount(rows) && isCount(columns) && isCount(channels);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
