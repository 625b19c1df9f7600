// Networks of dense layers that every family must run, for tests: golden = prediction = simulation = RTL.

import { assert, assertDefined, randomStream } from "../../base/index.ts";
import { denseLayer, type Layer } from "../../model/network/index.ts";
import { neuronSpec, type NeuronSpec } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain, tensor, type SpikeTrain } from "../../model/tensor/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { lowerNetwork, runGolden, type IntegerNetwork } from "../golden/index.ts";
import { describeMismatch, verifyDesign, type SimulatorName, type VerifyOptions } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { families, type HardwareChoice } from "./index.ts";

export interface DenseCase {
  readonly sizes: readonly number[];
  readonly lanes: readonly number[];
  readonly stepCount?: number;
  readonly neurons?: readonly NeuronSpec[];
  readonly isBiased?: boolean;
  readonly isRecurrent?: boolean;
  readonly choice?: Partial<HardwareChoice>;
}

/** Sizes that divide and that do not, one lane and all of them, one layer and several, one step, biases, other neurons. */
export const denseCases: Readonly<Record<string, DenseCase>> = {
  "two layers": { sizes: [20, 16, 10], lanes: [4, 2] },
  "lanes that do not divide, biases": { sizes: [37, 13, 7], lanes: [4, 3], isBiased: true },
  "one layer, one lane": { sizes: [11, 4], lanes: [1] },
  "all lanes, three layers": { sizes: [9, 8, 6, 3], lanes: [8, 6, 3] },
  "other neurons": {
    sizes: [18, 9, 5],
    lanes: [2, 5],
    neurons: [neuronSpec("alif"), neuronSpec("cubaLif")],
  },
  "one step": { sizes: [16, 6, 3], lanes: [3, 2], stepCount: 1 },
  "a recurrent layer": { sizes: [12, 7, 4], lanes: [3, 2], isRecurrent: true, isBiased: true },
  "two small layers": { sizes: [12, 7, 4], lanes: [3, 2] },
  "every walk, spikes or not": { sizes: [12, 7, 4], lanes: [3, 2], choice: { zeroTest: false } },
  "one neuron": { sizes: [5, 1, 2], lanes: [1, 1] },
};

/** Four readings of one network by one family, also under random back-pressure. */
export async function checkDense(
  family: HardwareChoice["family"],
  item: DenseCase,
  simulator: SimulatorName = "embedded",
): Promise<void> {
  const options = prepareDense(family, item);
  const report = await verifyDesign({ ...options, simulator });
  assert(report.mismatch === undefined, report.mismatch === undefined ? "" : describeMismatch(report.mismatch));
  assert(report.spikesCompared > 0, "a test without spikes proves nothing");
  if (simulator !== "embedded") return;
  const pressed = await verifyDesign({ ...options, backPressureSeed: 5 });
  assert(pressed.mismatch === undefined, pressed.mismatch === undefined ? "" : describeMismatch(pressed.mismatch));
}

/** The emitted design with its golden spikes and cycles, closed form and event simulation already compared. */
export function prepareDense(family: HardwareChoice["family"], item: DenseCase): VerifyOptions {
  const network = denseNetwork(item);
  const choice: HardwareChoice = { family, weightStorage: "dense", lanes: item.lanes, ...item.choice };
  const roomy = { ...targets.hx8k, limits: { ...targets.hx8k.limits, blockRams: { value: 999, source: "test" } } };
  const mapping = families[family].map(network, choice, roomy);
  const trace = runGolden(network, randomSpikes(network, 6));
  const cycles = families[family].predict(mapping, trace);
  const simulated = families[family].simulate(mapping, trace);
  const same = (name: string, a: Uint32Array, b: Uint32Array): void => {
    const at = a.findIndex((value, i) => value !== b[i]);
    assert(at < 0, `${name} ${at}: ${a[at]} simulated, ${b[at]} in closed form`);
  };
  same("step end", simulated.stepEnds, cycles.stepEnds);
  same("sample", simulated.sampleCycles, cycles.sampleCycles);
  return { platform: nodePlatform, design: families[family].emit(mapping), network, trace, cycles };
}

/** Random weights of 4 bits, many of them zero. */
export function denseNetwork({ sizes, neurons, isBiased, isRecurrent, stepCount = 5 }: DenseCase): IntegerNetwork {
  const random = randomStream(3, sizes.join("-"));
  const layers = sizes.slice(1).map((neuronCount, l): Layer => {
    const inputCount = assertDefined(sizes[l], "size");
    const shape = { inputCount, neuronCount, ...(isRecurrent === true && l === 0 ? { recurrent: true as const } : {}) };
    const layer = denseLayer(`layer${l}`, shape, neurons?.[l] ?? neuronSpec("lif"));
    const fill = (data: Float32Array): void => {
      data.forEach((_, i) => (data[i] = random.uniform() < 0.4 ? 0 : random.normal() * 0.5 + 0.15));
    };
    fill(layer.weights.data);
    if (layer.recurrentWeights !== undefined) fill(layer.recurrentWeights.data);
    const bias = tensor([neuronCount]);
    bias.data.forEach((_, n) => (bias.data[n] = random.normal() * 0.2));
    return { ...layer, ...(isBiased === true ? { bias } : {}), quantizer: { bits: 4, scale: 0.15 } };
  });
  const [inputCount = 0] = sizes;
  return lowerNetwork(
    { kind: "network", name: "random", inputCount, stepCount, layers, readout: { kind: "count" } },
    { rounding: "nearest", coefficientFraction: 8 },
  );
}

// ---------------------------------------------------------------------------------------------------------------------

/** Densities from silent to all-firing, and one empty step. */
function randomSpikes({ inputCount, stepCount }: IntegerNetwork, sampleCount: number): SpikeTrain {
  const random = randomStream(4, "spikes");
  const train = spikeTrain({ stepCount, sampleCount, neuronCount: inputCount });
  for (let step = 0; step < stepCount; step++) {
    for (let sample = 0; sample < sampleCount; sample++) {
      const density = step === 2 ? 0 : sample / (sampleCount - 1);
      for (let n = 0; n < inputCount; n++) if (random.uniform() < density) setSpike(train, step, sample, n);
    }
  }
  return train;
}
