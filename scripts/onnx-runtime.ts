// onnxruntime, where it is installed beside: it is no dependency (291 MB; decision 0025).

import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { OnnxModel } from "../tests/onnx-models.ts";

export interface OnnxRuntime {
  /** "onnxruntime-node 1.30.0". */
  readonly title: string;
  outputOf(model: OnnxModel): Promise<Float32Array>;
}

interface Module {
  readonly env: { readonly versions: { readonly common: string } };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      readonly outputNames: readonly string[];
      run(feeds: unknown): Promise<Record<string, { readonly data: Float32Array }>>;
    }>;
  };
}

/**
 * The runtime that a folder's node_modules hold, or undefined.
 * @param folder  Where `npm i onnxruntime-node` was typed.
 */
export async function findOnnxRuntime(folder: string): Promise<OnnxRuntime | undefined> {
  const from = createRequire(path.resolve(folder, "package.json"));
  for (const name of ["onnxruntime-node", "onnxruntime-web"]) {
    let file: string;
    try {
      file = from.resolve(name);
    } catch {
      continue;
    }
    const found = (await import(pathToFileURL(file).href)) as Module & { readonly default?: Module };
    const module = found.InferenceSession === undefined ? found.default : found;
    if (module === undefined) continue;
    return {
      title: `${name} ${module.env.versions.common}`,
      outputOf: async ({ bytes, shape, input }) => {
        const session = await module.InferenceSession.create(bytes);
        const given = await session.run({ x: new module.Tensor("float32", input, [1, ...shape]) });
        return given[session.outputNames[0] ?? ""]?.data ?? new Float32Array(0);
      },
    };
  }
  return undefined;
}
