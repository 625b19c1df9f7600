import path from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../base/index.ts";
import { parseConfig, type Config } from "../experiment/index.ts";
import type { Platform } from "../platform/index.ts";

const defaultNames = [
  "lacuna.config.ts",
  "lacuna.config.mts",
  "lacuna.config.mjs",
  "lacuna.config.js",
  "lacuna.config.json",
];

/**
 * Read the user's experiment document. A TypeScript or JavaScript file is evaluated once, in a process of its own
 * with a time limit; everything later sees plain data.
 *
 * @param named  The file given on the command line; without it the usual names are tried in the current folder.
 * @throws `config/missing`, `config/not-json`, `config/failed`
 */
export async function readDocument(platform: Platform, named: string | undefined): Promise<unknown> {
  const file = named ?? (await findConfig(platform));
  return file.endsWith(".json") ? readJson(platform, file) : evaluateConfig(platform, file);
}

/** Read the document, apply `--set`, check everything. @throws `config/invalid` with every problem */
export async function loadConfig(
  platform: Platform,
  named: string | undefined,
  overrides: readonly string[],
): Promise<Config> {
  const document = await readDocument(platform, named);
  return parseConfig(applyOverrides(document, overrides), named ?? "lacuna.config");
}

/** Put `key.path=value` pairs into a copy of a document; a value is JSON, or else a text. */
export function applyOverrides(document: unknown, overrides: readonly string[]): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  for (const override of overrides) {
    const at = override.indexOf("=");
    const keys = override.slice(0, at).split(".");
    if (
      at < 1 ||
      keys.some((key) => key === "" || key === "__proto__" || key === "constructor" || key === "prototype")
    ) {
      throw new UserError("config/override", `--set ${override}: expected key=value, such as explore.designs=24`, {
        exit: "usage",
      });
    }
    setAt(copy, keys, parseValue(override.slice(at + 1)));
  }
  return copy;
}

// ---------------------------------------------------------------------------------------------------------------------

async function findConfig(platform: Platform): Promise<string> {
  for (const name of defaultNames) if (await platform.files.exists(name)) return name;
  throw new UserError("config/missing", `no ${defaultNames[0]} or ${defaultNames.at(-1)} in this folder`, {
    hint: "name a file, or start from examples/mnist.config.json",
  });
}

async function readJson(platform: Platform, file: string): Promise<unknown> {
  const text = await platform.files.readText(file, { maxBytes: 1_000_000 });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError("config/not-json", `${file}: ${reason}`, { path: file, cause: error });
  }
}

/** Runs in the child: import the file named by the last argument and print its configuration. */
const printConfig = `
const loaded = await import(process.argv.at(-1));
process.stdout.write("\\u0001" + JSON.stringify(loaded.config ?? loaded.default));
`;

async function evaluateConfig(platform: Platform, file: string): Promise<unknown> {
  if (!(await platform.files.exists(file))) {
    throw new UserError("config/missing", `${file}: there is no such file`, { path: file });
  }
  const url = pathToFileURL(path.resolve(file)).href;
  const { status, output } = await platform.processes.run(
    process.execPath,
    ["--input-type=module", "--eval", printConfig, "--", url],
    { folder: process.cwd(), timeoutSeconds: 10 },
  );
  const text = output.slice(output.indexOf("\u0001") + 1);
  if (status !== 0 || text === "" || text === "undefined") {
    throw new UserError("config/failed", `${file}: it must export "config" (or a default); ${lastLine(output)}`, {
      path: file,
      hint: "export const config = defineConfig({ … }), or use lacuna.config.json",
    });
  }
  return JSON.parse(text) as unknown;
}

function lastLine(output: string): string {
  return output.split("\n").find((line) => line.includes("Error")) ?? "it exported nothing";
}

function setAt(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [first, ...rest] = keys;
  if (first === undefined) return;
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = target[first];
  const next = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  target[first] = next;
  setAt(next as Record<string, unknown>, rest, value);
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
