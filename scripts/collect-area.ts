// Synthesizes and places the drawn designs of `calibrationMapping` and appends one line of JSON per design to a file, so that a
// stopped run goes on where it was: `npm run collect:area -- rows.jsonl`. `--from N --to N` narrow the seeds.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { calibrationCount, calibrationMapping, estimateCells } from "../src/hardware/cost/index.ts";
import { blocksUsed, families } from "../src/hardware/family/index.ts";
import { placeAndRoute, synthesize } from "../src/hardware/rtl/index.ts";
import { nodePlatform as platform } from "../src/platform/node/index.ts";

const file = process.argv[2] ?? "area.jsonl";
const flag = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
const done = new Set(lines.filter((line) => line !== "").map((line) => (JSON.parse(line) as { seed: number }).seed));

for (let seed = flag("--from", 0); seed < flag("--to", calibrationCount); seed++) {
  if (done.has(seed)) continue;
  const mapping = calibrationMapping(seed);
  const { target, choice } = mapping;
  const design = families[choice.family].emit(mapping);
  const synthesis = await synthesize({ platform, design, target });
  const placed = await placeAndRoute({ platform, synthesis, target });
  const memories = mapping.layers.map((layer) => layer.memories);
  const row = {
    seed,
    target: target.name,
    lookUpTables: synthesis.lookUpTables.value,
    flipFlops: synthesis.flipFlops.value,
    blockRams: synthesis.blockRams.value,
    mappedBlockRams: blocksUsed(memories, "block-ram"),
    logicCells: placed.logicCells.value,
    estimatedCells: estimateCells(mapping).value,
    megahertz: placed.maxFrequency.value / 1e6,
    cells: synthesis.cells,
    tools: [synthesis.version, ...placed.versions],
  };
  appendFileSync(file, `${JSON.stringify(row)}\n`);
  const error = ((row.estimatedCells / row.logicCells - 1) * 100).toFixed(1);
  console.log(
    `${seed}: ${row.logicCells} logic cells (estimated ${row.estimatedCells}, ${error} %), ${row.blockRams} block RAMs (mapped ${row.mappedBlockRams}), ${row.megahertz.toFixed(1)} MHz`,
  );
}
process.exit();
