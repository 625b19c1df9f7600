// The workloads of the engine's benchmark, the same for us and for the peers: LIF with decay 0.9, threshold 1, subtracting and
// detached reset, fast sigmoid of slope 25, cross-entropy of the output's spike counts, Adam with rate 1e-3.
import { randomStream } from "../src/base/index.ts";
import type { CompileOptions } from "../src/compute/index.ts";
import { convLayer, denseLayer, type Layer, type Network } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { setSpike, spikeTrain, tensor, type SpikeTrain } from "../src/model/tensor/index.ts";

export type WorkloadName = "W1" | "W2" | "W3" | "W4" | "W5";

export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  readonly batchSize: number;
  /** Share of inputs that fire, where nothing else is asked for. */
  readonly density: number;
  readonly network: () => Network;
}

export const engineOptions: Pick<CompileOptions, "surrogate" | "detachReset" | "optimizer"> = {
  surrogate: { kind: "fastSigmoid", slope: 25 },
  detachReset: true,
  optimizer: { kind: "adam" },
};

const lif = neuronSpec("lif", { decay: 0.9, threshold: 1 });

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  W1: dense("W1", "784-512-10, T 25, batch 128", {
    sizes: [784, 512, 10],
    stepCount: 25,
    batchSize: 128,
    density: 0.05,
  }),
  W2: {
    name: "W2",
    title: "12C5-MP2-64C5-MP2-FC10 on 28×28, T 25, batch 128",
    batchSize: 128,
    density: 0.1,
    network: () => {
      const pooling = { kind: "max", size: 2, stride: 2 } as const;
      const first = convLayer(
        "conv1",
        { input: { rows: 28, columns: 28, channels: 1 }, channels: 12, kernel: 5, pooling },
        lif,
      );
      const second = convLayer("conv2", { input: first.output, channels: 64, kernel: 5, pooling }, lif);
      const output = denseLayer("output", { inputCount: second.neuronCount, neuronCount: 10 }, lif);
      // The largest of four currents fires more often: smaller weights keep hidden layers near one spike in ten.
      return network("W2", 784, 25, [first, second, output], 0.8);
    },
  },
  W3: {
    name: "W3",
    title: "16C5s2-32C3-MP2-64C3-FC10 on 34×34×2, T 30, batch 32",
    batchSize: 32,
    density: 0.02,
    network: () => {
      const first = convLayer(
        "conv1",
        { input: { rows: 34, columns: 34, channels: 2 }, channels: 16, kernel: 5, stride: 2 },
        lif,
      );
      const second = convLayer("conv2", { input: first.output, channels: 32, kernel: 3 }, lif);
      const inputPooling = { grid: second.output, kind: "max", size: 2, stride: 2 } as const;
      const third = convLayer(
        "conv3",
        { input: { rows: 6, columns: 6, channels: 32 }, channels: 64, kernel: 3, inputPooling },
        lif,
      );
      const output = denseLayer("output", { inputCount: third.neuronCount, neuronCount: 10 }, lif);
      return network("W3", 34 * 34 * 2, 30, [first, second, third, output]);
    },
  },
  W4: dense("W4", "700-256 recurrent-20, T 100, batch 64", {
    sizes: [700, 256, 20],
    stepCount: 100,
    batchSize: 64,
    density: 0.02,
    recurrent: true,
  }),
  W5: dense("W5", "784-1024-1024-10, T 25, batch 1", {
    sizes: [784, 1024, 1024, 10],
    stepCount: 25,
    batchSize: 1,
    density: 0.05,
  }),
};

/** Spikes as bytes, drawn independently, shape [step, sample, input]; and a label for each sample. */
export interface WorkloadBatch {
  readonly values: Uint8Array;
  readonly labels: Uint8Array;
  readonly sampleCount: number;
}

export function workloadBatch({ batchSize }: Workload, network: Network, density: number): WorkloadBatch {
  const random = randomStream(1, "workload");
  const values = new Uint8Array(network.stepCount * batchSize * network.inputCount);
  for (let i = 0; i < values.length; i++) values[i] = random.uniform() < density ? 1 : 0;
  const classes = network.layers.at(-1)?.neuronCount ?? 1;
  return {
    values,
    labels: Uint8Array.from({ length: batchSize }, (_, i) => (i * 7) % classes),
    sampleCount: batchSize,
  };
}

export function packedSpikes({ values, sampleCount }: WorkloadBatch, { stepCount, inputCount }: Network): SpikeTrain {
  const train = spikeTrain({ stepCount, sampleCount, neuronCount: inputCount });
  values.forEach((value, i) => {
    const row = Math.floor(i / inputCount);
    if (value !== 0) setSpike(train, Math.floor(row / sampleCount), row % sampleCount, i % inputCount);
  });
  return train;
}

// ---------------------------------------------------------------------------------------------------------------------

function dense(
  name: WorkloadName,
  title: string,
  shape: {
    readonly sizes: readonly number[];
    readonly stepCount: number;
    readonly batchSize: number;
    readonly density: number;
    readonly recurrent?: boolean;
  },
): Workload {
  const { sizes, stepCount, batchSize, density } = shape;
  return {
    name,
    title,
    batchSize,
    density,
    network: () => {
      const layers = sizes
        .slice(1)
        .map((neuronCount, l) =>
          denseLayer(
            `layer${l + 1}`,
            { inputCount: sizes[l] ?? 0, neuronCount, recurrent: shape.recurrent === true && l === 0 },
            lif,
          ),
        );
      return network(name, sizes[0] ?? 0, stepCount, layers);
    },
  };
}

/** Weights uniform in ±scale/√fan-in, the scale chosen so that about one hidden neuron in twenty fires in a step. */
function network(
  name: string,
  inputCount: number,
  stepCount: number,
  shells: readonly Layer[],
  weightScale = 3,
): Network {
  const layers = shells.map((layer, index): Layer => {
    const random = randomStream(1, `${name} ${index}`);
    const outputs = layer.weights.shape.at(-1) ?? 1;
    const fanIn = layer.weights.data.length / outputs;
    const fill = (values: Float32Array, scale: number): void => {
      for (let i = 0; i < values.length; i++) values[i] = (random.uniform() * 2 - 1) * scale;
    };
    fill(layer.weights.data, weightScale / Math.sqrt(fanIn));
    if (layer.kind === "dense" && layer.recurrentWeights !== undefined) {
      fill(layer.recurrentWeights.data, 1 / Math.sqrt(layer.neuronCount));
    }
    const bias = tensor([outputs]);
    fill(bias.data, 0.1);
    return { ...layer, bias };
  });
  return { kind: "network", name, inputCount, stepCount, layers, readout: { kind: "count" } };
}
