import { readFileSync } from "node:fs";
import { parseConfig, type Config } from "../src/experiment/index.ts";

/** The checked configuration of a JSON file. */
export function configurationOf(file: string): Config {
  return parseConfig(JSON.parse(readFileSync(file, "utf8")), file);
}
