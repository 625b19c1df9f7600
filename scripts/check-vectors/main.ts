// Reference vectors against Lacuna: `npm run check:vectors -- [DIR] [--json FILE]`. Prints, file by file, what was compared and
// the result; ends with 4 when something differs or was not checked without a listed reason.
import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkFolder, resultLines } from "./check-folder.ts";

const { values, positionals } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });
const folder = positionals[0] ?? `${process.env["LACUNA_SHARED"] ?? "../shared"}/vectors`;
if (!existsSync(folder)) {
  console.error(`no folder "${folder}"; give the folder of the vectors`);
  process.exit(3);
}
const results = await checkFolder(folder, (result) => console.log(resultLines(result).join("\n")));
const failed = results.filter(({ passed }) => !passed);
const compared = results.flatMap(({ comparisons }) => comparisons).reduce((sum, { values: count }) => sum + count, 0);
console.log(
  `${results.length - failed.length} of ${results.length} files without a difference; ${compared} values compared`,
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
if (results.length === 0) console.error(`no *.json below "${folder}"`);
process.exitCode = failed.length > 0 || results.length === 0 ? 4 : 0;
