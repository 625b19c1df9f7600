// NIR files against Lacuna: `npm run check:nir -- [DIR] [--data DIR] [--dt SECONDS] [--json FILE]`. Prints file by file what was compared and the
// result; ends with 4 when something differs or was left out without a known reason.
import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkBraille, isBraille } from "./braille.ts";
import { openFolder } from "./graphs.ts";
import { checkLifTraces, isLifTrace, usualStepSeconds } from "./lif-traces.ts";
import { checkNmnist } from "./nmnist.ts";
import { checkReading } from "./reading.ts";
import { isPassed, isSkipped, resultLine, type Result } from "./result.ts";
import { checkTraces, isTrace } from "./traces.ts";

const shared = process.env["LACUNA_SHARED"] ?? "../shared";
const { values, positionals } = parseArgs({
  options: {
    json: { type: "string" },
    data: { type: "string", default: `${shared}/data/nmnist` },
    /** Seconds per step of the traces lif_*.csv, which do not say it. */
    dt: { type: "string", default: String(usualStepSeconds) },
  },
  allowPositionals: true,
});
const path = positionals[0] ?? `${shared}/nir`;
if (!existsSync(path)) {
  console.error(`no folder "${path}"; give the folder of the NIR files`);
  process.exit(3);
}
const folder = openFolder(path);
const results: Result[] = [];
const checks = [
  () => checkReading(folder),
  () => checkTraces(folder),
  () => checkBraille(folder),
  () => checkLifTraces(folder, Number(values.dt)),
  () => checkNmnist(folder, values.data),
];
for (const check of checks) {
  for (const result of await check()) {
    results.push(result);
    console.log(resultLine(result));
  }
}
const answered = (name: string): boolean =>
  /\.(nir|h5|hdf5)$/.test(name) || isTrace(name) || isBraille(name) || isLifTrace(name);
const others = folder.names.filter((name) => /\.\w+$/.test(name) && !answered(name));
console.log(`--  no data to compare: ${others.join(", ") || "none"}`);
const failed = results.filter((result) => !isPassed(result)).length;
const compared = results.reduce((sum, result) => sum + (isSkipped(result) ? 0 : result.values), 0);
console.log(`${results.length - failed} of ${results.length} checks passed; ${compared} values compared`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
process.exitCode = failed > 0 || results.length === 0 ? 4 : 0;
