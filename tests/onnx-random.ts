// Random ONNX models over the whole subset that is read, made from a seed: what is compared with onnxruntime.

import { randomStream } from "../src/base/index.ts";
import { onnxModel, type OnnxModel, type OnnxNode } from "./onnx-models.ts";

/** A model of convolutions, normalizations, poolings, sums and matrices; the same for the same seed. */
export function randomOnnxModel(seed: number): OnnxModel {
  const build = builder(seed);
  const shape = [build.whole(1, 4), build.whole(5, 9), build.whole(5, 9)] as const;
  let at: Value = { name: "x", channels: shape[0], rows: shape[1], columns: shape[2] };
  for (let block = build.whole(1, 3); block > 0; block--) {
    at = convolution(build, at);
    if (build.chance(0.5)) at = normalization(build, at);
    if (build.chance(0.4)) at = residual(build, at);
    if (build.chance(0.7)) at = { ...at, name: build.add("Relu", [at.name]) };
    if (build.chance(0.5)) at = pooling(build, at);
  }
  const outputs = build.whole(2, 5);
  const bytes = build.finish(head(build, at, outputs), shape, outputs);
  const input = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => build.number());
  return { name: `random ${seed}`, bytes, shape, input };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Value {
  readonly name: string;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

interface Builder {
  whole(low: number, high: number): number;
  chance(share: number): boolean;
  number(): number;
  /** A constant; its name. */
  constant(shape: readonly number[], scale?: number, offset?: number): string;
  /** A node; the name of what it gives. */
  add(type: string, inputs: readonly string[], attributes?: NonNullable<OnnxNode[3]>): string;
  finish(output: string, input: readonly number[], outputs: number): Uint8Array;
}

function builder(seed: number): Builder {
  const random = randomStream(seed, "onnx");
  const nodes: OnnxNode[] = [];
  const constants: Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }> = {};
  const number = (): number => Math.fround(2 * random.uniform() - 1);
  return {
    number,
    whole: (low, high) => low + Math.floor(random.uniform() * (high - low + 1)),
    chance: (share) => random.uniform() < share,
    constant: (shape, scale = 1, offset = 0) => {
      const name = `c${Object.keys(constants).length}`;
      const count = shape.reduce((product, length) => product * length, 1);
      constants[name] = {
        shape,
        values: Array.from({ length: count }, () => Math.fround(number() * scale + offset)),
      };
      return name;
    },
    add: (type, inputs, attributes) => {
      const output = `v${nodes.length}`;
      nodes.push(attributes === undefined ? [type, inputs, output] : [type, inputs, output, attributes]);
      return output;
    },
    finish: (output, input, outputs) => onnxModel(nodes, constants, { input, output, outputShape: [outputs] }),
  };
}

/** Kernel, stride, dilation and pads of one direction that leave at least one place. */
function window(
  build: Builder,
  length: number,
  mayDilate: boolean,
  isPooling: boolean,
): readonly [number, number, number, number, number] {
  for (;;) {
    const [kernel, stride, dilation] = [build.whole(1, 3), build.whole(1, 2), mayDilate ? build.whole(1, 2) : 1];
    // A window of pooling must see something: not padding alone.
    const most = isPooling ? (dilation === 1 ? kernel - 1 : 0) : 2;
    const [before, after] = [build.whole(0, most), build.whole(0, most)];
    if (length + before + after >= dilation * (kernel - 1) + 1) return [kernel, stride, dilation, before, after];
  }
}

function windows(build: Builder, at: Value, mayDilate: boolean, isPooling: boolean) {
  const [tall, wide] = [window(build, at.rows, mayDilate, isPooling), window(build, at.columns, mayDilate, isPooling)];
  const slid = (length: number, [kernel, stride, dilation, before, after]: typeof tall): number =>
    Math.floor((length + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
  return {
    rows: slid(at.rows, tall),
    columns: slid(at.columns, wide),
    attributes: {
      kernel_shape: [tall[0], wide[0]],
      strides: [tall[1], wide[1]],
      ...(mayDilate ? { dilations: [tall[2], wide[2]] } : {}),
      pads: [tall[3], wide[3], tall[4], wide[4]],
    },
  };
}

function convolution(build: Builder, at: Value): Value {
  const { rows, columns, attributes } = windows(build, at, true, false);
  const group = at.channels % 2 === 0 && build.chance(0.5) ? (build.chance(0.5) ? at.channels : 2) : 1;
  const channels = group * build.whole(1, 2);
  const weights = build.constant([channels, at.channels / group, ...attributes.kernel_shape], 0.5);
  const inputs = [at.name, weights, ...(build.chance(0.5) ? [build.constant([channels])] : [])];
  return { name: build.add("Conv", inputs, { ...attributes, group }), channels, rows, columns };
}

function normalization(build: Builder, at: Value): Value {
  const { channels } = at;
  const parameters = [build.constant([channels], 0.5, 1), build.constant([channels]), build.constant([channels], 0.3)];
  const inputs = [at.name, ...parameters, build.constant([channels], 0.4, 1)];
  return {
    ...at,
    name: build.add("BatchNormalization", inputs, { epsilon: { float: build.chance(0.5) ? 1e-5 : 1e-3 } }),
  };
}

/** What a convolution of one place adds to its own input, or a constant for every channel. */
function residual(build: Builder, at: Value): Value {
  if (build.chance(0.3)) return { ...at, name: build.add("Add", [at.name, build.constant([1, at.channels, 1, 1])]) };
  const weights = build.constant([at.channels, at.channels, 1, 1], 0.5);
  const other = build.add("Conv", [at.name, weights], { kernel_shape: [1, 1] });
  return { ...at, name: build.add("Add", build.chance(0.5) ? [at.name, other] : [other, at.name]) };
}

function pooling(build: Builder, at: Value): Value {
  const isMax = build.chance(0.5);
  const { rows, columns, attributes } = windows(build, at, isMax, true);
  const own = isMax ? attributes : { ...attributes, count_include_pad: build.chance(0.5) ? 1 : 0 };
  return { ...at, name: build.add(isMax ? "MaxPool" : "AveragePool", [at.name], own), rows, columns };
}

function head(build: Builder, at: Value, outputs: number): string {
  const isGlobal = build.chance(0.4);
  const pooled = isGlobal ? build.add("GlobalAveragePool", [at.name]) : at.name;
  const inputs = isGlobal ? at.channels : at.channels * at.rows * at.columns;
  const flat = build.add("Flatten", [pooled], { axis: 1 });
  if (build.chance(0.3)) {
    const product = build.add("MatMul", [flat, build.constant([inputs, outputs], 0.5)]);
    return build.add("Add", [product, build.constant([outputs])]);
  }
  const transB = build.chance(0.5) ? 1 : 0;
  const weights = build.constant(transB === 1 ? [outputs, inputs] : [inputs, outputs], 0.5);
  const scales = { alpha: { float: build.chance(0.5) ? 1 : 0.5 }, beta: { float: build.chance(0.5) ? 1 : 2 } };
  return build.add("Gemm", [flat, weights, build.constant([outputs])], { transB, ...scales });
}
