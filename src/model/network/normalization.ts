import { assertDefined, UserError, type Problem } from "../../base/index.ts";
import { elementCount, tensor, type Tensor } from "../tensor/index.ts";
import type { Layer } from "./layer.ts";
import type { Network } from "./network.ts";

/**
 * Batch normalization of what reaches the neurons:
 * input = bias + scale · (current − mean) / √(variance + epsilon), channel by channel. While a network learns, mean and variance
 * are those of the batch over all steps, samples and places; they also feed the running ones, which count everywhere else.
 * Channels are the last axis of the weights: neurons of a dense layer, output channels of a convolution.
 * @source Ioffe, Szegedy 2015; over time and batch together: Zheng et al. 2021 (threshold-dependent batch normalization, tdBN)
 */
export interface Normalization {
  readonly epsilon: number;
  /** Share of a batch in the running statistics after it, 0…1. */
  readonly momentum: number;
  /** Learns. Shape [channel]. */
  readonly scale: Tensor;
  /** Running statistics. Shape [channel]. */
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Channels of a layer, the last axis of its weights. */
export function channelCount(layer: Pick<Layer, "weights">): number {
  return layer.weights.shape.at(-1) ?? 0;
}

/**
 * A layer with normalized currents and a bias, both before any learning.
 * @param scale  What the scale starts from: 1, or alpha · threshold for tdBN.
 * @source epsilon and momentum: torch.nn.BatchNorm1d
 */
export function normalizeLayer<L extends Layer>(layer: L, scale = 1): L {
  const channels = channelCount(layer);
  const filled = (value: number): Tensor => tensor([channels], new Float32Array(channels).fill(value));
  const normalization = { epsilon: 1e-5, momentum: 0.1, scale: filled(scale), mean: filled(0), variance: filled(1) };
  return { ...layer, bias: layer.bias ?? filled(0), normalization };
}

/** Where learning keeps the scale: a negative one could not be folded through a maximum. */
export function scaleRange(layer: Layer): { readonly low: number; readonly high: number } | undefined {
  return layer.kind === "conv" && layer.pooling?.kind === "max" ? { low: 0, high: Infinity } : undefined;
}

/** Everything wrong with a layer's normalization. */
export function checkNormalization(layer: Layer, path: string): Problem[] {
  const { normalization } = layer;
  if (normalization === undefined) return [];
  const here = `${path}.normalization`;
  const problems: Problem[] = [];
  const report = (what: string, message: string): void => {
    problems.push({ code: "network/normalization", path: `${here}${what}`, message });
  };
  const { epsilon, momentum, variance } = normalization;
  if (!(epsilon > 0 && Number.isFinite(epsilon))) report(".epsilon", `expected a number above 0, got ${epsilon}`);
  if (!(momentum >= 0 && momentum <= 1)) report(".momentum", `expected 0…1, got ${momentum}`);
  for (const key of ["scale", "mean", "variance"] as const) {
    const { shape, data } = normalization[key];
    if (shape.length !== 1 || shape[0] !== channelCount(layer) || data.length !== elementCount(shape)) {
      report(
        `.${key}`,
        `expected shape [${channelCount(layer)}], got [${shape.join(", ")}] with ${data.length} values`,
      );
    } else if (!data.every((value) => Number.isFinite(value))) report(`.${key}`, "expected finite values");
  }
  if (variance.data.some((value) => value < 0)) report(".variance", "expected values of at least 0");
  if (layer.bias === undefined) report("", "needs a bias, which is its shift");
  if (layer.kind === "dense" && layer.recurrentWeights !== undefined) {
    report("", "currents of a recurrent layer are not normalized; leave it out, or use a feed-forward layer");
  }
  if (layer.quantizer !== undefined) report("", "weights on a grid leave it when normalization is folded into them");
  return problems;
}

/**
 * The same network without normalization: its scale and running statistics become part of weights and bias. Outputs are equal up
 * to rounding.
 * @throws `network/fold-max-pooling` where a negative scale would have to turn a maximum into a minimum
 */
export function foldNormalization(network: Network): Network {
  return { ...network, layers: network.layers.map(foldLayer) };
}

// ---------------------------------------------------------------------------------------------------------------------

function foldLayer(layer: Layer): Layer {
  const { normalization, ...plain } = layer;
  if (normalization === undefined) return layer;
  const { epsilon, scale, mean, variance } = normalization;
  const bias = assertDefined(layer.bias, "bias");
  const factors = scale.data.map((s, c) => s / Math.sqrt((variance.data[c] ?? 0) + epsilon));
  const pooling = layer.kind === "conv" ? layer.pooling : undefined;
  const bad = factors.findIndex((factor) => factor < 0);
  if (pooling?.kind === "max" && bad >= 0) {
    const message = `"${layer.name}": channel ${bad} has a negative scale, which cannot move through max-pooling`;
    throw new UserError("network/fold-max-pooling", message, { path: layer.name, exit: "unsupported" });
  }
  // A bias is added before pooling, and a sum counts it once for each place.
  const places = pooling?.kind === "sum" ? pooling.size ** 2 : 1;
  const weights = layer.weights.data.map((w, i) => w * (factors[i % factors.length] ?? 0));
  const shift = bias.data.map((b, c) => (b - (factors[c] ?? 0) * (mean.data[c] ?? 0)) / places);
  return { ...plain, weights: tensor(layer.weights.shape, weights), bias: tensor(bias.shape, shift) } as Layer;
}
