// Writes the hostile ONNX files of the tests: `npm run hostile:onnx -- FOLDER`.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hostileOnnx } from "../tests/hostile-onnx.ts";

const folder = process.argv[2] ?? "hostile-onnx";
mkdirSync(folder, { recursive: true });
const files = hostileOnnx();
files.forEach(({ name, bytes, must }, i) => {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, 80);
  writeFileSync(path.join(folder, `${String(i).padStart(3, "0")}-${must}-${plain}.onnx`), bytes);
});
console.log(`${files.length} files in ${folder}`);
