import { readOnnx, type AnalogOperation } from "../model/onnx/index.ts";
import type { Platform } from "../platform/index.ts";

export interface OnnxSummary {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly parameterCount: number;
  readonly operations: readonly {
    readonly name: string;
    readonly kind: string;
    readonly inputs: readonly string[];
    readonly output: string;
    /** "weights 16 × 10, -0.49…0.5". */
    readonly parameters: string;
  }[];
}

/** What an ONNX model holds. @throws what `readOnnx` throws */
export async function inspectOnnx(platform: Platform, file: string): Promise<OnnxSummary> {
  const network = readOnnx(await platform.files.read(file), file);
  return {
    name: network.name,
    inputShape: network.input.shape,
    parameterCount: network.operations.reduce(
      (sum, operation) => sum + arraysOf(operation).reduce((n, { data }) => n + data.length, 0),
      0,
    ),
    operations: network.operations.map((operation) => ({
      name: operation.name,
      kind: operation.kind,
      inputs: operation.inputs,
      output: operation.output,
      parameters: arraysOf(operation)
        .map(({ name, shape, data }) => `${name} ${shape.join(" × ")}, ${rangeText(data)}`)
        .join("; "),
    })),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function arraysOf(
  operation: AnalogOperation,
): { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[] {
  return Object.entries(operation).flatMap(([name, value]: [string, unknown]) => {
    if (value instanceof Float32Array) return [{ name, shape: [value.length], data: value }];
    if (typeof value !== "object" || value === null || !("data" in value) || !("shape" in value)) return [];
    return [{ name, shape: value.shape as readonly number[], data: value.data as Float32Array }];
  });
}

function rangeText(values: Float32Array): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return `${low.toPrecision(3)}…${high.toPrecision(3)}`;
}
