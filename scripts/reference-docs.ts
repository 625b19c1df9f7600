// Writes the generated pages of docs/reference: `npm run docs:reference`. A test checks that they are current.
import { mkdirSync, writeFileSync } from "node:fs";
import { neuronPage } from "./neuron-table.ts";
import { surrogatePage } from "./surrogate-table.ts";

/** Every generated page, by its file. */
export const referencePages: Readonly<Record<string, () => string>> = {
  "docs/reference/neurons.md": neuronPage,
  "docs/reference/surrogates.md": surrogatePage,
};

if (import.meta.main) {
  mkdirSync("docs/reference", { recursive: true });
  for (const [file, page] of Object.entries(referencePages)) writeFileSync(file, page());
}
