// Synthesizes and places a range of generated designs, and prints how far the estimate of `estimateCells` is off, with the
// least-squares weights of its formula. `--json FILE` keeps the table.
import { writeFileSync } from "node:fs";
import { randomStream } from "../src/base/index.ts";
import { estimateCells, laneBitsOf } from "../src/hardware/cost/index.ts";
import { families, type HardwareChoice } from "../src/hardware/family/index.ts";
import { lowerNetwork } from "../src/hardware/golden/index.ts";
import { placeAndRoute, synthesize } from "../src/hardware/rtl/index.ts";
import { targets } from "../src/hardware/target/index.ts";
import { denseLayer, type Network } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";

const designs: readonly {
  readonly sizes: readonly number[];
  readonly lanes: readonly number[];
  readonly bits: number;
  readonly family: HardwareChoice["family"];
  readonly weightStorage: HardwareChoice["weightStorage"];
}[] = [
  { sizes: [64, 64, 10], lanes: [2, 2], bits: 4, family: "layer-pipeline", weightStorage: "dense" },
  { sizes: [64, 64, 10], lanes: [4, 2], bits: 4, family: "layer-pipeline", weightStorage: "dense" },
  { sizes: [64, 64, 10], lanes: [8, 2], bits: 3, family: "layer-pipeline", weightStorage: "dense" },
  { sizes: [64, 64, 10], lanes: [8, 5], bits: 6, family: "dense", weightStorage: "dense" },
  { sizes: [64, 128, 10], lanes: [4, 2], bits: 4, family: "layer-pipeline", weightStorage: "blocks" },
  { sizes: [64, 32, 10], lanes: [1, 1], bits: 8, family: "dense", weightStorage: "dense" },
];

const rows: { name: string; laneBits: number; layers: number; placed: number; estimated: number; mhz: number }[] = [];
for (const [index, design] of designs.entries()) {
  const random = randomStream(index, "calibrate");
  const layers = design.lanes.map((_, l) => {
    const layer = denseLayer(
      `layer${l}`,
      { inputCount: design.sizes[l] ?? 1, neuronCount: design.sizes[l + 1] ?? 1 },
      neuronSpec("lif"),
    );
    layer.weights.data.forEach((__, i) => (layer.weights.data[i] = random.uniform() < 0.4 ? 0 : random.normal() * 0.2));
    return { ...layer, quantizer: { bits: design.bits, scale: 0.6 / 2 ** (design.bits - 1) } };
  });
  const network: Network = {
    kind: "network",
    name: "calibration",
    inputCount: design.sizes[0] ?? 1,
    stepCount: 8,
    layers,
    readout: { kind: "count" },
  };
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const mapping = families[design.family].map(integer, design, targets.hx8k);
  const synthesis = await synthesize({
    platform: nodePlatform,
    design: families[design.family].emit(mapping),
    target: targets.hx8k,
  });
  const placed = await placeAndRoute({ platform: nodePlatform, synthesis, target: targets.hx8k });
  const name = `${design.sizes.join("-")} lanes ${design.lanes.join(",")} ${design.bits} bit ${design.family} ${design.weightStorage}`;
  const row = {
    name,
    laneBits: laneBitsOf(mapping),
    layers: layers.length,
    placed: placed.logicCells.value,
    estimated: estimateCells(mapping).value,
    mhz: placed.maxFrequency.value / 1e6,
  };
  rows.push(row);
  const error = ((row.estimated / row.placed - 1) * 100).toFixed(1);
  console.log(
    `${name.padEnd(58)} placed ${row.placed}  estimated ${row.estimated} (${error} %)  ${row.mhz.toFixed(1)} MHz`,
  );
}
const [perLayer, perLaneBit] = leastSquares();
console.log(`least squares: cells = ${perLayer.toFixed(1)} · layers + ${perLaneBit.toFixed(3)} · lane bits`);
const file = process.argv[process.argv.indexOf("--json") + 1];
if (process.argv.includes("--json") && file !== undefined)
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
process.exit();

/** The two weights of the estimate with the smallest relative squared error. */
function leastSquares(): readonly [number, number] {
  const points = rows.map(({ layers, laneBits, placed }) => [layers / placed, laneBits / placed] as const);
  const dot = (f: (p: readonly [number, number]) => number): number => points.reduce((s, p) => s + f(p), 0);
  const [aa, ab, bb] = [dot(([a]) => a * a), dot(([a, b]) => a * b), dot(([, b]) => b * b)];
  const [a1, b1] = [dot(([a]) => a), dot(([, b]) => b)];
  const determinant = aa * bb - ab * ab;
  return [(a1 * bb - b1 * ab) / determinant, (b1 * aa - a1 * ab) / determinant];
}
