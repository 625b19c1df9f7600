import { UserError } from "../../base/index.ts";
import type { Dataset } from "./dataset.ts";
import { unpackGzip } from "./unpack.ts";

const columns = 65;
const trainCount = 1437;

/**
 * The 8×8 handwritten digits: text, 64 values 0…16 and the label per line, gzipped or not.
 * @throws `data/bad-row` with the line, `data/no-samples`
 */
export function readDigits(bytes: Uint8Array, path: string): Dataset {
  const lines = new TextDecoder()
    .decode(unpackGzip(bytes, path))
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length <= trainCount) {
    throw new UserError("data/no-samples", `${path}: expected more than ${trainCount} lines, got ${lines.length}`, {
      path,
    });
  }
  const values = new Uint8Array(lines.length * 64);
  const labels = new Uint8Array(lines.length);
  lines.forEach((line, row) => {
    const numbers = line.split(",").map(Number);
    const label = numbers[64] ?? -1;
    const bad =
      numbers.length !== columns || numbers.some((x, i) => !(Number.isInteger(x) && x >= 0 && x <= (i < 64 ? 16 : 9)));
    if (bad) {
      const message = `${path}, line ${row + 1}: expected 64 values 0…16 and a label 0…9, got "${line.slice(0, 60)}"`;
      throw new UserError("data/bad-row", message, { path });
    }
    values.set(numbers.slice(0, 64), row * 64);
    labels[row] = label;
  });
  const cut = trainCount * 64;
  return {
    name: "digits",
    title: "Optical recognition of handwritten digits, 8×8",
    source: "UCI Machine Learning Repository (E. Alpaydin, C. Kaynak)",
    license: "CC BY 4.0",
    shape: [8, 8],
    featureCount: 64,
    classCount: 10,
    maxValue: 16,
    train: { sampleCount: trainCount, labels: labels.subarray(0, trainCount), values: values.subarray(0, cut) },
    test: { sampleCount: lines.length - trainCount, labels: labels.subarray(trainCount), values: values.subarray(cut) },
  };
}
