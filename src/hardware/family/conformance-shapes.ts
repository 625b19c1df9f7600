// Shapes of layers that generated hardware must run, for tests: golden = prediction = simulation = RTL.

import { assert, randomStream } from "../../base/index.ts";
import {
  cellCount,
  convLayer,
  denseLayer,
  type Grid,
  type Layer,
  type Network,
  type Pooling,
} from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain, tensor, type SpikeTrain } from "../../model/tensor/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { lowerNetwork, runGolden } from "../golden/index.ts";
import { describeMismatch, verifyDesign, type VerifyOptions } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { families, type HardwareChoice, type Mapping } from "./index.ts";

const spec = neuronSpec("lif", { threshold: 0.8 });
const grid: Grid = { rows: 6, columns: 5, channels: 2 };
const wide: Grid = { rows: 9, columns: 7, channels: 3 };
const pooling = (kind: Pooling["kind"], size = 2): Pooling => ({ kind, size, stride: size });
const conv = (shape: Partial<Parameters<typeof convLayer>[1]> = {}, name = "conv"): Layer =>
  convLayer(name, { input: grid, channels: 4, kernel: 3, ...shape }, spec);
const biased = (layer: Layer): Layer =>
  ({ ...layer, bias: tensor([layer.kind === "dense" ? layer.neuronCount : layer.output.channels]) }) as Layer;

export interface ShapeCase {
  readonly layers: readonly Layer[];
  readonly lanes: readonly number[];
  readonly choice?: Partial<HardwareChoice>;
  readonly inputCount?: number;
}

export const shapeCases: Readonly<Record<string, ShapeCase>> = {
  "a convolution, two words per position": { layers: [conv()], lanes: [2, 3] },
  "as many lanes as channels": { layers: [conv({ padding: 1 })], lanes: [4, 5] },
  "one lane, stride 2": { layers: [conv({ stride: 2, padding: 1 })], lanes: [1, 2] },
  "a stride longer than the kernel: some spikes reach nobody": {
    layers: [conv({ kernel: 2, stride: 3 })],
    lanes: [2, 1],
  },
  "a kernel of one tap": { layers: [conv({ kernel: 1 })], lanes: [4, 1] },
  "groups of channels": { layers: [conv({ groups: 2 })], lanes: [1, 1] },
  "odd sizes, depthwise": {
    layers: [conv({ input: wide, channels: 6, groups: 3, padding: 2 })],
    lanes: [2, 5],
    inputCount: 189,
  },
  "one accumulator": { layers: [conv({ input: { rows: 3, columns: 3, channels: 2 } })], lanes: [4, 1], inputCount: 18 },
  "a bias per channel": { layers: [biased(conv({ padding: 1 }))], lanes: [2, 1] },
  "the largest current of a window": { layers: [biased(conv({ padding: 1, pooling: pooling("max") }))], lanes: [2, 1] },
  "the largest current, remainders left out": {
    layers: [conv({ padding: 1, pooling: pooling("max", 4) })],
    lanes: [4, 1],
  },
  "averages of currents": { layers: [biased(conv({ padding: 1, pooling: pooling("average") }))], lanes: [2, 1] },
  "sums of the input": {
    layers: [
      conv({ input: { rows: 3, columns: 2, channels: 2 }, kernel: 2, inputPooling: { ...pooling("sum"), grid } }),
    ],
    lanes: [2, 1],
  },
  "the union of the input": {
    layers: [
      conv({ input: { rows: 3, columns: 2, channels: 2 }, kernel: 2, inputPooling: { ...pooling("max"), grid } }),
    ],
    lanes: [2, 1],
  },
  "two convolutions with a union between, compressed dense rows": {
    layers: [
      conv({ padding: 1 }),
      conv(
        {
          input: { rows: 3, columns: 2, channels: 4 },
          kernel: 2,
          inputPooling: { ...pooling("max"), grid: { ...grid, channels: 4 } },
        },
        "second",
      ),
    ],
    lanes: [2, 1, 2],
    choice: { weightStorage: "blocks" },
  },
  "a union before a dense layer": {
    layers: [
      conv({ padding: 1 }),
      {
        ...denseLayer("dense", { inputCount: 24, neuronCount: 6 }, spec),
        inputPooling: { ...pooling("max"), grid: { ...grid, channels: 4 } },
      },
    ],
    lanes: [4, 2, 1],
  },
  "a recurrent layer": {
    layers: [denseLayer("recurrent", { inputCount: 60, neuronCount: 9, recurrent: true }, spec)],
    lanes: [4, 1],
  },
  "a recurrent layer, all lanes": {
    layers: [biased(denseLayer("recurrent", { inputCount: 60, neuronCount: 9, recurrent: true }, spec))],
    lanes: [9, 5],
    choice: { weightStorage: "blocks" },
  },
  "a recurrent layer of the dense family": {
    layers: [denseLayer("recurrent", { inputCount: 60, neuronCount: 5, recurrent: true }, spec)],
    lanes: [2, 2],
    choice: { family: "dense" },
  },
  "a recurrent layer alone": { layers: [], lanes: [2] },
};

/** Those that the unit tests run; together they use every block. */
export const quickShapes: readonly string[] = [
  "groups of channels",
  "the largest current of a window",
  "two convolutions with a union between, compressed dense rows",
  "a recurrent layer, all lanes",
];

/** Four readings of one network: golden spikes, closed form, event simulation and RTL, also under random back-pressure. */
export async function checkShape(name: string, item: ShapeCase): Promise<void> {
  const options = prepareShape(name, item);
  const report = await verifyDesign(options);
  assert(report.mismatch === undefined, report.mismatch === undefined ? "" : describeMismatch(report.mismatch));
  assert(report.spikesCompared > 0, "a test without spikes proves nothing");
  assert((await verifyDesign({ ...options, backPressureSeed: 5 })).passed, "back-pressure changes results");
}

/**
 * The emitted design with its golden spikes and cycles, closed form and event simulation already compared. The first six samples
 * run from silence to every input at once, further ones are sparse.
 */
export function prepareShape(
  name: string,
  item: ShapeCase,
  sampleCount = 6,
): VerifyOptions & { readonly mapping: Mapping } {
  const { network, input } = build(name, item, sampleCount);
  const integer = lowerNetwork(network, { rounding: "nearest", coefficientFraction: 8 });
  const choice = { family: "layer-pipeline", weightStorage: "dense", lanes: item.lanes, ...item.choice } as const;
  const family = families[choice.family];
  const roomy = { ...targets.hx8k, limits: { ...targets.hx8k.limits, blockRams: { value: 99, source: "test" } } };
  const mapping = family.map(integer, choice, roomy);
  const trace = runGolden(integer, input);
  const cycles = family.predict(mapping, trace);
  const simulated = family.simulate(mapping, trace);
  const isSame = (a: Uint32Array, b: Uint32Array): boolean => a.every((value, i) => value === b[i]);
  assert(isSame(simulated.stepEnds, cycles.stepEnds), "steps end otherwise in the simulation than in closed form");
  assert(isSame(simulated.sampleCycles, cycles.sampleCycles), "samples take other cycles in the simulation");
  return { platform: nodePlatform, design: family.emit(mapping), network: integer, trace, cycles, mapping };
}

// ---------------------------------------------------------------------------------------------------------------------

function build(
  name: string,
  { layers, inputCount = cellCount(grid) }: ShapeCase,
  sampleCount: number,
): { network: Network; input: SpikeTrain } {
  const random = randomStream(11, name);
  const below = layers.at(-1)?.neuronCount ?? inputCount;
  const output = denseLayer("output", { inputCount: below, neuronCount: 5, recurrent: layers.length === 0 }, spec);
  const fill = (data: Float32Array, gain: number): void => {
    data.forEach((_, i) => (data[i] = random.uniform() < 0.3 ? 0 : (random.normal() + 0.15) * gain));
  };
  const all = [...layers, output].map((layer): Layer => {
    fill(layer.weights.data, 0.45);
    if (layer.kind === "dense" && layer.recurrentWeights !== undefined) fill(layer.recurrentWeights.data, 0.5);
    if (layer.bias !== undefined) fill(layer.bias.data, 0.2);
    return { ...layer, quantizer: { bits: 4, scale: 0.15 } };
  });
  const stepCount = 5;
  const input = spikeTrain({ stepCount, sampleCount, neuronCount: inputCount });
  for (let step = 0; step < stepCount; step++) {
    for (let sample = 0; sample < sampleCount; sample++) {
      const density = sample >= 6 ? 0.02 * 3 ** (sample % 4) : step === 2 ? 0 : sample / 5;
      for (let n = 0; n < inputCount; n++) if (random.uniform() < density) setSpike(input, step, sample, n);
    }
  }
  return {
    network: { kind: "network", name, inputCount, stepCount, layers: all, readout: { kind: "count" } },
    input,
  };
}
