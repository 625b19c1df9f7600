// Measures what onnxruntime gives for the test models and writes tests/vectors/onnx.json. The runtime is no dependency (148 MB, and
// its protobufjs has an install script): npm i --no-save --ignore-scripts onnxruntime-web@1.30.0, then `node scripts/onnx-vectors.ts`.
import { writeFileSync } from "node:fs";
import { hashBytes } from "../src/base/index.ts";
import { onnxModels } from "../tests/onnx-models.ts";

interface Runtime {
  readonly env: { readonly versions: { readonly common: string } };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
    ): Promise<{ run(feeds: unknown): Promise<Record<string, { readonly data: Float32Array }>> }>;
  };
}

const name: string = "onnxruntime-web";
const runtime = (await import(name)) as Runtime;
const models = [];
for (const { name: model, bytes, shape, input } of onnxModels()) {
  const session = await runtime.InferenceSession.create(bytes);
  const { y } = await session.run({ x: new runtime.Tensor("float32", input, [1, ...shape]) });
  models.push({ model, sha256: hashBytes(bytes), output: Array.from(y?.data ?? []) });
}
const text = { runtime: `onnxruntime-web ${runtime.env.versions.common}`, models };
writeFileSync("tests/vectors/onnx.json", `${JSON.stringify(text, undefined, 2)}\n`);
