// Proves the blocks of hdl/ with Yosys' SAT solver: `npm run prove`. `--block NAME` proves one; exit 4 when a proof fails.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { blockProofs, hdlFiles, proveModule, type DesignFile } from "../src/hardware/rtl/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";

const proofs = globSync("hdl/proofs/*.sv").map((file) => ({
  name: path.basename(file),
  text: readFileSync(file, "utf8"),
}));
const only = process.argv[process.argv.indexOf("--block") + 1];
const rows: string[][] = [];
for (const proof of blockProofs) {
  if (process.argv.includes("--block") && proof.block !== only) continue;
  const { verdict, cycles, seconds } = await proveModule(nodePlatform, filesOf(proof.block, proof.top), proof);
  if (verdict !== "proven" && verdict !== "bounded") process.exitCode = 4;
  const parameters = Object.entries(proof.parameters ?? {}).map(([name, value]) => `${name} ${value}`);
  rows.push([proof.block, parameters.join(", "), sayVerdict(verdict, cycles), seconds.toFixed(1)]);
  console.error(rows.at(-1)?.join("  "));
}
console.log(
  textTable([{ title: "block" }, { title: "parameters" }, { title: "result" }, { title: "s", align: "right" }], rows),
);
process.exit();

// ---------------------------------------------------------------------------------------------------------------------

function filesOf(block: string, top: string): DesignFile[] {
  const blocks = [block, "ram_1r1w"].map((name) => ({ name: `${name}.sv`, text: hdlFiles[`${name}.sv`] ?? "" }));
  return [...blocks, ...proofs.filter(({ name }) => name === `${top}.sv`)];
}

function sayVerdict(verdict: string, cycles: number): string {
  if (verdict === "proven") return `proven for ever, induction of ${cycles}`;
  return verdict === "bounded" ? `holds for ${cycles} cycles after reset` : `${verdict} at cycle ${cycles}`;
}
