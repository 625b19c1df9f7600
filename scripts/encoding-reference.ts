// Write the reference part of docs/guide/encodings.md from the encodings themselves; a test checks that it is current.

import { readFileSync, writeFileSync } from "node:fs";
import { randomStream } from "../src/base/index.ts";
import {
  codings,
  defaultEncoding,
  describeEncodings,
  encode,
  encodedInputCount,
  type Encoding,
} from "../src/model/encoding/index.ts";
import { hasSpike } from "../src/model/tensor/index.ts";

export const guideFile = "docs/guide/encodings.md";

/** Everything after this line is written by this script. */
const mark = "## Reference\n";

/** Values of the little pictures. */
const shown = [0.05, 0.25, 0.5, 0.75, 1];

/** The guide with its reference part as the encodings have it now. */
export function currentGuide(text: string): string {
  return `${text.slice(0, text.indexOf(mark))}${mark}\n${reference()}\n`;
}

if (import.meta.main) writeFileSync(guideFile, currentGuide(readFileSync(guideFile, "utf8")));

// ---------------------------------------------------------------------------------------------------------------------

function reference(): string {
  return describeEncodings()
    .map(({ kind, summary, parameters }) => {
      const rows = parameters.map(
        ({ name, meaning, expected, byDefault }) => `| \`${name}\` | ${byDefault} | ${expected} | ${meaning} |`,
      );
      const table =
        rows.length === 0 ? [] : ["| parameter | default | allowed | meaning |", "|---|---|---|---|", ...rows, ""];
      const title = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
      return [`### ${kind}`, "", title, "", ...table, ...picture(kind as Encoding["kind"])].join("\n").trimEnd();
    })
    .join("\n\n");
}

/** The inputs that one value becomes, as rows of eight steps; nothing for what does not take values. */
function picture(kind: Encoding["kind"]): string[] {
  if (codings[kind].encodeSample === undefined) return [];
  const encoding = defaultEncoding(kind);
  const perValue = encodedInputCount(encoding, [1]);
  const rows = Array.from({ length: perValue }, (_, k) => {
    const trains = shown.map((_value, i) => trainOf(encoding, i, k, perValue));
    return `             ${trains.join("   ")}`.trimEnd();
  });
  return ["```text", `value        ${shown.map((x) => x.toFixed(2).padEnd(8)).join("   ")}`.trimEnd(), ...rows, "```"];
}

/** Input k of value i, all values being one sample: order and rank codings compare them. */
function trainOf(encoding: Encoding, i: number, k: number, perValue: number): string {
  const stepCount = 8;
  const options = { shape: [shown.length], stepCount, random: randomStream(1, "picture"), sampleIds: [0] };
  const encoded = encode(encoding, Float32Array.from(shown), options);
  if (encoded.kind !== "spikes") return "";
  const { spikes } = encoded;
  // Populations number their neurons value by value; ON and OFF inputs come one after the other.
  const input = encoding.kind === "population" ? i * perValue + k : k * shown.length + i;
  return Array.from({ length: stepCount }, (_, step) => (hasSpike(spikes, step, 0, input) ? "|" : "·")).join("");
}
