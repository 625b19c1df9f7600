// Synthesizes and places a range of generated designs, and prints how far the estimate of `estimateCells` is off, with the
// least-squares weights of its formula. `--json FILE` keeps the table.
import { writeFileSync } from "node:fs";
import { randomStream } from "../src/base/index.ts";
import { areaFeatures, estimateCells } from "../src/hardware/cost/index.ts";
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

const rows: { name: string; laneBits: number; addressBits: number; layers: number; placed: number; estimated: number; mhz: number }[] = [];
for (const [index, design] of designs.entries()) {
  const random = randomStream(index, "calibrate");
  const layers = design.lanes.map((_, l) => {
    const layer = denseLayer(`layer${l}`, { inputCount: design.sizes[l] ?? 1, neuronCount: design.sizes[l + 1] ?? 1 }, neuronSpec("lif"));
    layer.weights.data.forEach((__, i) => (layer.weights.data[i] = random.uniform() < 0.4 ? 0 : random.normal() * 0.2));
    return { ...layer, quantizer: { bits: design.bits, scale: 0.6 / 2 ** (design.bits - 1) } };
  });
  const network: Network = { kind: "network", name: "calibration", inputCount: design.sizes[0] ?? 1, stepCount: 8, layers, readout: { kind: "count" } };
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const mapping = families[design.family].map(integer, design, targets.hx8k);
  const synthesis = await synthesize({ platform: nodePlatform, design: families[design.family].emit(mapping), target: targets.hx8k });
  const placed = await placeAndRoute({ platform: nodePlatform, synthesis, target: targets.hx8k });
  const name = `${design.sizes.join("-")} lanes ${design.lanes.join(",")} ${design.bits} bit ${design.family} ${design.weightStorage}`;
  const row = {
    name,
    ...areaFeatures(mapping),
    layers: layers.length,
    placed: placed.logicCells.value,
    estimated: estimateCells(mapping).value,
    mhz: placed.maxFrequency.value / 1e6,
  };
  rows.push(row);
  const error = ((row.estimated / row.placed - 1) * 100).toFixed(1);
  console.log(`${name.padEnd(58)} placed ${row.placed}  estimated ${row.estimated} (${error} %)  ${row.mhz.toFixed(1)} MHz`);
}
console.log("least squares, cells = a + b · lane bits + c · address bits:", leastSquares().map((x) => x.toFixed(3)).join(", "));
const file = process.argv[process.argv.indexOf("--json") + 1];
if (process.argv.includes("--json") && file !== undefined) writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
process.exit();

/** Normal equations of three unknowns by elimination. */
function leastSquares(): number[] {
  const features = rows.map(({ laneBits, addressBits }) => [1, laneBits, addressBits]);
  const system = [0, 1, 2].map((i) => [
    ...[0, 1, 2].map((j) => features.reduce((s, f) => s + (f[i] ?? 0) * (f[j] ?? 0), 0)),
    features.reduce((s, f, k) => s + (f[i] ?? 0) * (rows[k]?.placed ?? 0), 0),
  ]);
  for (let p = 0; p < 3; p++) {
    for (let r = 0; r < 3; r++) {
      if (r === p) continue;
      const factor = (system[r]?.[p] ?? 0) / (system[p]?.[p] ?? 1);
      system[r] = (system[r] ?? []).map((x, c) => x - factor * (system[p]?.[c] ?? 0));
    }
  }
  return [0, 1, 2].map((i) => (system[i]?.[3] ?? 0) / (system[i]?.[i] ?? 1));
}
