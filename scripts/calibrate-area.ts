// Synthesizes and places a range of generated designs, and prints how far the estimate of `estimateCells` is off, with the
// least-squares weights of its formula. `--json FILE` keeps the table.
import { writeFileSync } from "node:fs";
import { areaCalibration, placedMapping, estimateCells, laneBitsOf } from "../src/hardware/cost/index.ts";
import { families } from "../src/hardware/family/index.ts";
import { placeAndRoute, synthesize } from "../src/hardware/rtl/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";

const rows: {
  name: string;
  laneBits: number;
  layers: number;
  isFitted: boolean;
  placed: number;
  estimated: number;
  mhz: number;
}[] = [];
for (const design of areaCalibration.designs) {
  const mapping = placedMapping(design);
  const { target } = mapping;
  const synthesis = await synthesize({
    platform: nodePlatform,
    design: families[design.family].emit(mapping),
    target,
  });
  const placed = await placeAndRoute({ platform: nodePlatform, synthesis, target });
  const name = `${design.sizes.join("-")} ${design.neuron} lanes ${design.lanes.join(",")} ${design.weightBits} bit ${design.family} ${design.weightStorage} ${design.target}`;
  const row = {
    name,
    laneBits: laneBitsOf(mapping),
    layers: mapping.layers.length,
    isFitted: design.isFitted,
    placed: placed.logicCells.value,
    estimated: estimateCells(mapping).value,
    mhz: placed.maxFrequency.value / 1e6,
  };
  rows.push(row);
  const error = ((row.estimated / row.placed - 1) * 100).toFixed(1);
  console.log(
    `${name.padEnd(70)} placed ${row.placed}  estimated ${row.estimated} (${error} %)  ${row.mhz.toFixed(1)} MHz`,
  );
}
const [perLayer, perLaneBit] = leastSquares();
console.log(
  `least squares over the fitted half: cells = ${perLayer.toFixed(1)} · layers + ${perLaneBit.toFixed(3)} · lane bits`,
);
const file = process.argv[process.argv.indexOf("--json") + 1];
if (process.argv.includes("--json") && file !== undefined)
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
process.exit();

/** The two weights of the estimate with the smallest relative squared error. */
function leastSquares(): readonly [number, number] {
  const points = rows
    .filter(({ isFitted }) => isFitted)
    .map(({ layers, laneBits, placed }) => [layers / placed, laneBits / placed] as const);
  const dot = (f: (p: readonly [number, number]) => number): number => points.reduce((s, p) => s + f(p), 0);
  const [aa, ab, bb] = [dot(([a]) => a * a), dot(([a, b]) => a * b), dot(([, b]) => b * b)];
  const [a1, b1] = [dot(([a]) => a), dot(([, b]) => b)];
  const determinant = aa * bb - ab * ab;
  return [(a1 * bb - b1 * ab) / determinant, (b1 * aa - a1 * ab) / determinant];
}
