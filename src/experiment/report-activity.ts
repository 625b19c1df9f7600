// The parts of the report that come from the golden trace: sparsity, one sample's spikes, cycles.

import { assertDefined, quantity, type Quantity } from "../base/index.ts";
import { countEvents, weightColumns } from "../hardware/golden/index.ts";
import { measureActivations, measureConnections } from "../model/sparsity/index.ts";
import { firingNeurons } from "../model/tensor/index.ts";
import type { ReportData, SparsitySummary } from "../report/index.ts";
import type { Findings } from "./findings.ts";

export function sparsitySummary({ software, test }: Findings): SparsitySummary {
  const events = countEvents(software.integer, test.trace);
  const source = "counted in the golden trace of the test split";
  const figure = (value: number, unit: Quantity["unit"] = "1"): Quantity => quantity(value, unit, "simulated", source);
  return {
    scope: `test split, ${test.trace.sampleCount} samples`,
    kind: "simulated",
    layers: software.integer.layers.map((layer, index) => {
      const activity = measureActivations(assertDefined(test.trace.layers[index], "spikes"));
      const connections = measureConnections(layer.weights, weightColumns(layer));
      const counted = assertDefined(events.layers[index], "events");
      return {
        layer: layer.name,
        connectionSparsity: figure(connections.connectionSparsity),
        activationSparsity: figure(activity.activationSparsity),
        temporalSparsity: figure(activity.temporalSparsity),
        silentNeurons: activity.deadNeurons,
        deadNeurons: Math.round(connections.emptyColumns * layer.neuronCount),
        neuronCount: layer.neuronCount,
        synapticOperations: {
          effective: figure(counted.effectiveSynapticOperations / test.trace.sampleCount, "op"),
          dense: figure(counted.denseSynapticOperations / test.trace.sampleCount, "op"),
        },
        spikeRate: activity.spikeRates,
      };
    }),
  };
}

export function rasterOf({ data, software, test }: Findings): ReportData["raster"] {
  const { trace } = test;
  const spikesOf = (train: typeof trace.input): (readonly [number, number])[] =>
    Array.from({ length: trace.stepCount }, (_, step) =>
      firingNeurons(train, step, 0).map((neuron) => [step, neuron] as const),
    ).flat();
  const [height = 1, width = 1] = data.dataset.shape;
  const values = data.dataset.test.values?.subarray(0, data.dataset.featureCount);
  return {
    sample: "first test sample",
    label: String(test.labels[0]),
    decision: String(trace.decisions[0]),
    stepCount: trace.stepCount,
    layers: [
      { name: "input", neuronCount: trace.input.neuronCount, spikes: spikesOf(trace.input) },
      ...software.integer.layers.map((layer, index) => ({
        name: layer.name,
        neuronCount: layer.neuronCount,
        spikes: spikesOf(assertDefined(trace.layers[index], "spikes")),
      })),
    ],
    image:
      values === undefined
        ? undefined
        : { width, height, values: Array.from(values, (value) => value / data.dataset.maxValue) },
  };
}

export function cycleSummary({ built, test }: Findings, clock: Quantity): ReportData["cycles"] {
  const { stepEnds } = built.cycles;
  const { stepCount, sampleCount } = test.trace;
  const layers = built.mapping.layers.map((layer, l) => {
    let busy = 0;
    for (let sample = 0; sample < sampleCount; sample++) {
      busy += stepEnds[(sample * built.mapping.layers.length + l) * stepCount + stepCount - 1] ?? 0;
    }
    return {
      layer: layer.name,
      cycles: quantity(busy / sampleCount, "cycle", "rtl", "closed form, equal to RTL on the verified samples"),
      note: `until its last step is handed over; ${layer.lanes} lanes, ${layer.groups} groups`,
    };
  });
  return {
    layers,
    total: quantity(built.meanCycles, "cycle", "rtl", "closed form, equal to RTL on the verified samples"),
    clock,
    note: "Layers work on different time steps at the same time, so their cycles do not add up.",
  };
}
