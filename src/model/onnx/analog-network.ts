// A network of numbers, as ONNX files describe it: plain data, for conversion to spikes.

/** Operations in the order of computation; every name is written once. Axis order is [sample, channel, row, column]. */
export interface AnalogNetwork {
  readonly kind: "analog-network";
  readonly name: string;
  readonly input: { readonly name: string; /** Without the batch. */ readonly shape: readonly number[] };
  readonly output: string;
  readonly operations: readonly AnalogOperation[];
}

/** Numbers with their shape, row-major. */
export interface AnalogTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type AnalogOperation = AnalogStep & {
  /** As in the file. */
  readonly name: string;
  /** Names of values: the network's input or outputs of earlier operations. */
  readonly inputs: readonly string[];
  readonly output: string;
};

export type AnalogStep =
  /** y = x W + b; weights have shape [input, output]. */
  | { readonly kind: "dense"; readonly weights: AnalogTensor; readonly bias: Float32Array | undefined }
  /** Weights have shape [output, input / groups, row, column]. */
  | ({
      readonly kind: "conv";
      readonly weights: AnalogTensor;
      readonly bias: Float32Array | undefined;
      readonly groups: number;
    } & AnalogWindow)
  /** y = (x − mean) / √(variance + epsilon) · scale + shift, per channel. */
  | {
      readonly kind: "batchNorm";
      readonly scale: Float32Array;
      readonly shift: Float32Array;
      readonly mean: Float32Array;
      readonly variance: Float32Array;
      readonly epsilon: number;
    }
  | { readonly kind: "relu" }
  | ({
      readonly kind: "pool";
      readonly of: "max" | "average";
      readonly size: readonly [number, number];
      readonly countsPadding: boolean;
    } & AnalogWindow)
  /** The mean of every channel. */
  | { readonly kind: "globalAverage" }
  | { readonly kind: "flatten" }
  /** The sum of two values of one shape, or with a constant per output. */
  | { readonly kind: "add"; readonly constant: AnalogTensor | undefined };

export interface AnalogWindow {
  readonly stride: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
}
