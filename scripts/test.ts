// Runs the unit tests: every *.test.ts beside its source, and tests/ for what crosses folders. Arguments narrow the choice:
// `npm test -- src/model` runs one folder. `--long` runs the *.long.test.ts instead: kill loops, whole runs, big data.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

const wanted = process.argv.slice(2).filter((argument) => argument !== "--long");
const long = process.argv.includes("--long");
const files = globSync(["src/**/*.test.ts", "tests/**/*.test.ts", "hdl/**/*.test.ts"])
  .filter((file) => file.includes(".long.test.") === long)
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.startsWith(part)))
  .sort();
const run = spawnSync(process.execPath, ["--test", "--test-concurrency=2", ...files], { stdio: "inherit" });
process.exitCode = run.status ?? 1;
