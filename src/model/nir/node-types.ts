// The primitives of NIR 1.0 and what each holds. @source github.com/neuromorphs/NIR, nir/ir; paper doi:10.1038/s41467-024-52259-9

export type NirNodeType =
  | "Input"
  | "Output"
  | "Affine"
  | "Linear"
  | "Conv1d"
  | "Conv2d"
  | "SumPool2d"
  | "AvgPool2d"
  | "Flatten"
  | "Scale"
  | "Delay"
  | "Threshold"
  | "I"
  | "IF"
  | "LI"
  | "LIF"
  | "CubaLI"
  | "CubaLIF";

/** What a field holds. */
export interface FieldRule {
  readonly holds:
    /** Numbers of a neuron population or of weights. */
    | "numbers"
    /** A whole number or a list of them. */
    | "integers"
    /** Whole numbers, or "same" or "valid". */
    | "padding";
  readonly optional?: boolean;
  /** The smallest allowed value, and whether it is allowed itself. */
  readonly above?: number;
  readonly least?: number;
}

export interface NodeRule {
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Holds a state that moves in time: parameters of one shape, which is the population's. */
  readonly neuron?: true;
  /** What it does, for tables. */
  readonly meaning: string;
}

const numbers: FieldRule = { holds: "numbers" };
const count: FieldRule = { holds: "integers", least: 1 };
const seconds: FieldRule = { holds: "numbers", above: 0 };
/** Absent before 1.0.6; readers take 0. */
const resetValue: FieldRule = { holds: "numbers", optional: true };

const convolution: NodeRule["fields"] = {
  input_shape: { holds: "integers", least: 1, optional: true },
  weight: numbers,
  stride: count,
  padding: { holds: "padding", least: 0 },
  dilation: count,
  groups: count,
  bias: numbers,
};

const pooling: NodeRule["fields"] = { kernel_size: count, stride: count, padding: { holds: "integers", least: 0 } };

export const nirNodeTypes: Readonly<Record<NirNodeType, NodeRule>> = {
  Input: { fields: { shape: count }, meaning: "where spikes or currents enter" },
  Output: { fields: { shape: count }, meaning: "what the graph gives" },
  Affine: { fields: { weight: numbers, bias: numbers }, meaning: "y = W x + b" },
  Linear: { fields: { weight: numbers }, meaning: "y = W x" },
  Conv1d: { fields: convolution, meaning: "convolution over a line" },
  Conv2d: { fields: convolution, meaning: "convolution over an image" },
  SumPool2d: { fields: pooling, meaning: "sums of windows" },
  AvgPool2d: { fields: pooling, meaning: "means of windows" },
  Flatten: {
    fields: {
      input_type: { holds: "integers", least: 1, optional: true },
      start_dim: { holds: "integers", optional: true },
      end_dim: { holds: "integers", optional: true },
    },
    meaning: "joins dimensions",
  },
  Scale: { fields: { scale: numbers }, meaning: "y = s x" },
  Delay: { fields: { delay: { holds: "numbers", least: 0 } }, neuron: true, meaning: "y(t) = x(t − delay)" },
  Threshold: { fields: { threshold: numbers }, meaning: "1 where x is above the threshold" },
  I: { fields: { r: numbers }, neuron: true, meaning: "v' = R I" },
  IF: {
    fields: { r: numbers, v_threshold: numbers, v_reset: resetValue },
    neuron: true,
    meaning: "v' = R I, fires above the threshold",
  },
  LI: { fields: { tau: seconds, r: numbers, v_leak: numbers }, neuron: true, meaning: "τ v' = v_leak − v + R I" },
  LIF: {
    fields: { tau: seconds, r: numbers, v_leak: numbers, v_threshold: numbers, v_reset: resetValue },
    neuron: true,
    meaning: "LI that fires above the threshold",
  },
  CubaLI: {
    fields: { tau_syn: seconds, tau_mem: seconds, r: numbers, v_leak: numbers, w_in: numbers },
    neuron: true,
    meaning: "LI behind a decaying synaptic current",
  },
  CubaLIF: {
    fields: {
      tau_syn: seconds,
      tau_mem: seconds,
      r: numbers,
      v_leak: numbers,
      w_in: numbers,
      v_threshold: numbers,
      v_reset: resetValue,
    },
    neuron: true,
    meaning: "LIF behind a decaying synaptic current",
  },
};

/** The rule of a type. */
export function nodeRule(type: NirNodeType): NodeRule {
  return nirNodeTypes[type];
}

/** Whether a text names a primitive. */
export function isNodeType(type: string): type is NirNodeType {
  return Object.hasOwn(nirNodeTypes, type);
}
