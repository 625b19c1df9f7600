// Measures what onnxruntime gives for the test models and writes tests/vectors/onnx.json:
// npm i --no-save --ignore-scripts onnxruntime-node@1.30.0 (here or in FOLDER), then `node scripts/onnx-vectors.ts [FOLDER]`.
import { writeFileSync } from "node:fs";
import { hashBytes } from "../src/base/index.ts";
import { onnxModels } from "../tests/onnx-models.ts";
import { randomOnnxModel } from "../tests/onnx-random.ts";
import { findOnnxRuntime } from "./onnx-runtime.ts";

const runtime = await findOnnxRuntime(process.argv[2] ?? ".");
if (runtime === undefined) throw new Error("there is no onnxruntime-node or onnxruntime-web");
const models = [];
for (const model of [...onnxModels(), ...Array.from({ length: 40 }, (_, seed) => randomOnnxModel(seed))]) {
  models.push({ model: model.name, sha256: hashBytes(model.bytes), output: Array.from(await runtime.outputOf(model)) });
}
writeFileSync("tests/vectors/onnx.json", `${JSON.stringify({ runtime: runtime.title, models }, undefined, 1)}\n`);
