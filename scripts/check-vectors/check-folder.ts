import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../src/base/index.ts";
import type { Checker, FileResult, VectorFile } from "./checker.ts";
import { checkers, unchecked } from "./checkers.ts";

/** Check every JSON file below `folder`, in the order of their names. */
export async function checkFolder(
  folder: string,
  report: (result: FileResult) => void = () => undefined,
): Promise<readonly FileResult[]> {
  const results: FileResult[] = [];
  for (const name of globSync("**/*.json", { cwd: folder }).sort()) {
    const result = await checkFile(folder, name.replaceAll("\\", "/"));
    results.push(result);
    report(result);
  }
  return results;
}

/** A line for a file and one for each comparison. */
export function resultLines({ file, kind, comparisons, notChecked, passed }: FileResult): string[] {
  const head = `${passed ? "ok  " : "DIFF"} ${file}${kind === undefined ? "" : `  (${kind})`}`;
  const lines = comparisons.map(({ what, values, differing, worst, unit, bound, note }) => {
    const size =
      worst === undefined
        ? ""
        : `, worst ${Number(worst.toPrecision(3))} ${unit}, bound ${bound === undefined ? "none" : Number(bound.toPrecision(3))}`;
    return `       ${what}: ${differing} of ${values} differ${size}${note === undefined ? "" : ` (${note})`}`;
  });
  return [head, ...lines, ...(notChecked === undefined ? [] : [`       not checked: ${notChecked}`])];
}

// ---------------------------------------------------------------------------------------------------------------------

async function checkFile(folder: string, name: string): Promise<FileResult> {
  const data: unknown = JSON.parse(readFileSync(path.join(folder, name), "utf8"));
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return { file: name, kind: undefined, comparisons: [], notChecked: "not an object", passed: false };
  }
  const file: VectorFile = { name, data: data as Readonly<Record<string, unknown>> };
  const checker = checkers.find((candidate) => candidate.accepts(file));
  if (checker !== undefined) return runChecker(checker, file);
  const model = String(file.data["model"]);
  const reason = Object.hasOwn(unchecked, model) ? unchecked[model] : undefined;
  const notChecked = reason ?? `no checker for model "${model}"`;
  return { file: name, kind: undefined, comparisons: [], notChecked, passed: reason !== undefined };
}

async function runChecker(checker: Checker, file: VectorFile): Promise<FileResult> {
  const { kind } = checker;
  try {
    const comparisons = await checker.check(file);
    const passed = comparisons.length > 0 && comparisons.every(({ differing }) => differing === 0);
    return { file: file.name, kind, comparisons, passed };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof TypeError)) throw error;
    return { file: file.name, kind, comparisons: [], notChecked: error.message, passed: false };
  }
}
