// The designs that area and clock estimates are calibrated on: drawn from seeds, so that a table needs to store only what the
// tools said. Odd ones are held out.

import { assert, randomStream, type RandomStream } from "../../base/index.ts";
import { cellCount, convLayer, denseLayer, type Layer, type Network, type Pooling } from "../../model/network/index.ts";
import { neuronSpec, type NeuronModelName } from "../../model/neuron/index.ts";
import { tensor } from "../../model/tensor/index.ts";
import { families, laneChannels, type HardwareChoice, type Mapping } from "../family/index.ts";
import { lowerNetwork } from "../golden/index.ts";
import { targets, type TargetName } from "../target/index.ts";

/** How many designs there are. */
export const calibrationCount = 56;

/** Design `seed` of the calibration, laid out. */
export function calibrationMapping(seed: number): Mapping {
  const random = randomStream(seed, "calibration");
  const pick = <T>(items: readonly [T, ...T[]]): T => items[random.integer(items.length)] ?? items[0];
  const target: TargetName = seed % 3 === 2 ? "up5k" : "hx8k";
  const hidden = shapes[Math.floor(seed / 2) % shapes.length] ?? denseShape;
  const layers = hidden(random);
  const below = layers.at(-1)?.neuronCount ?? 1;
  const bits = pick([3, 4, 4, 6, 8]);
  const spec = neuronSpec(pick(neurons), { threshold: 0.8 });
  const all = [...layers, denseLayer("output", { inputCount: below, neuronCount: 10 }, spec)].map((layer): Layer => {
    const filled = { ...layer, neuron: spec, quantizer: { bits, scale: 0.6 / 2 ** (bits - 1) } } as Layer;
    for (const { data } of [
      filled.weights,
      ...(filled.kind === "dense" && filled.recurrentWeights !== undefined ? [filled.recurrentWeights] : []),
    ]) {
      data.forEach((_, i) => (data[i] = random.uniform() < 0.4 ? 0 : random.normal() * 0.2));
    }
    filled.bias?.data.forEach((_, i, data) => (data[i] = random.normal() * 0.1));
    return filled;
  });
  const network: Network = {
    kind: "network",
    name: `calibration ${seed}`,
    inputCount: inputCountOf(all[0]),
    stepCount: pick([8, 16, 25]),
    layers: all,
    readout: { kind: "count" },
  };
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const isConvolution = all.some(({ kind }) => kind === "conv");
  const family = !isConvolution && random.uniform() < 0.25 ? "dense" : "layer-pipeline";
  const weightStorage = family === "layer-pipeline" && random.uniform() < 0.35 ? "blocks" : "dense";
  const divisors = integer.layers.map((layer) => divisorsOf(laneChannels(layer) ?? layer.neuronCount));
  const drawn = divisors.map((ofLayer) => random.integer(ofLayer.length));
  for (;;) {
    const lanes = drawn.map((at, l) => divisors[l]?.[at] ?? 1);
    const choice: HardwareChoice = { family, weightStorage, lanes };
    if (families[family].check(integer, choice, targets[target]).length === 0) {
      return families[family].map(integer, choice, targets[target]);
    }
    // Too many block RAMs: fewer lanes where there are most.
    const widest = drawn.indexOf(Math.max(...drawn));
    assert((drawn[widest] ?? 0) > 0, `calibration design ${seed} does not fit with one lane per layer`);
    drawn[widest] = (drawn[widest] ?? 1) - 1;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

const neurons = ["lif", "lif", "lif", "integrateFire", "cubaLif", "alif", "eulerLif"] as const satisfies readonly [
  NeuronModelName,
  ...NeuronModelName[],
];

const spec = neuronSpec("lif");

function denseShape(random: RandomStream): Layer[] {
  const inputCount = [32, 48, 64, 100][random.integer(4)] ?? 64;
  const first = [24, 32, 48, 64, 96][random.integer(5)] ?? 64;
  const layers: Layer[] = [biased(denseLayer("hidden", { inputCount, neuronCount: first }, spec), random)];
  if (random.uniform() < 0.3) layers.push(denseLayer("second", { inputCount: first, neuronCount: 32 }, spec));
  return layers;
}

function recurrentShape(random: RandomStream): Layer[] {
  const neuronCount = [16, 24, 32][random.integer(3)] ?? 24;
  return [denseLayer("recurrent", { inputCount: 40, neuronCount, recurrent: true }, spec)];
}

function convShape(random: RandomStream): Layer[] {
  const channels = [4, 8][random.integer(2)] ?? 4;
  const side = [6, 8][random.integer(2)] ?? 8;
  const pooling: Pooling | undefined = random.uniform() < 0.5 ? { kind: "max", size: 2, stride: 2 } : undefined;
  const input = { rows: side, columns: side, channels: 1 + random.integer(2) };
  const shape = { input, channels, kernel: 3, padding: 1, ...(pooling === undefined ? {} : { pooling }) };
  return [biased(convLayer("conv", shape, spec), random)];
}

const shapes: readonly ((random: RandomStream) => Layer[])[] = [
  denseShape,
  denseShape,
  convShape,
  denseShape,
  recurrentShape,
];

function biased(layer: Layer, random: RandomStream): Layer {
  if (random.uniform() < 0.6) return layer;
  return { ...layer, bias: tensor([layer.kind === "dense" ? layer.neuronCount : layer.output.channels]) } as Layer;
}

function inputCountOf(layer: Layer | undefined): number {
  if (layer === undefined) return 0;
  return layer.kind === "dense" ? (layer.weights.shape[0] ?? 0) : cellCount(layer.input);
}

/** Divisors of `count` up to 16. */
function divisorsOf(count: number): number[] {
  return Array.from({ length: Math.min(16, count) }, (_, i) => i + 1).filter((lanes) => count % lanes === 0);
}
