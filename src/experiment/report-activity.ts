// The parts of the report that come from the golden trace: sparsity, one sample's spikes, cycles.

import { assertDefined, quantity, type Quantity } from "../base/index.ts";
import { chooseFormat } from "../hardware/cost/index.ts";
import { weightColumns, type IntegerLayer } from "../hardware/golden/index.ts";
import { ramKinds } from "../hardware/target/index.ts";
import { intervalNote, type Interval } from "../model/sparsity/index.ts";
import { firingNeurons } from "../model/tensor/index.ts";
import type { Figure, ReportData, SparsityDetail, SparsitySummary, StorageSummary } from "../report/index.ts";
import type { Findings } from "./findings.ts";
import { measureRun, type LayerSparsityReport } from "./layer-sparsity.ts";

export function sparsitySummary({ software, test, built }: Findings): SparsitySummary {
  const { integer } = software;
  const { choice, target, layers: mapped } = built.mapping;
  const { layers } = measureRun(integer, { trace: test.trace, seed: 0 }, { choice, target: target.name });
  return {
    scope: `test split, ${test.trace.sampleCount} samples`,
    kind: "simulated",
    layers: layers.map((measured, index) => {
      const layer = assertDefined(integer.layers[index], "layer");
      const { emptyColumns } = measured.structure;
      const { effective, dense } = measured.operations;
      return {
        layer: measured.layer,
        connectionSparsity: counted(measured.connectionSparsity),
        activationSparsity: withBand(measured.activationSparsity),
        temporalSparsity: counted(measured.temporalSparsity),
        silentNeurons: measured.deadNeurons,
        deadNeurons: Math.round(emptyColumns * layer.neuronCount),
        neuronCount: layer.neuronCount,
        synapticOperations: { effective: counted(effective, "op"), dense: counted(dense, "op") },
        spikeRate: measured.spikeRates,
        detail: detailOf(measured),
        storage: storageOf(layer, mapped[index]?.lanes ?? 1),
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

// ---------------------------------------------------------------------------------------------------------------------

const source = "counted in the golden trace of the test split";

function counted(value: number, unit: Quantity["unit"] = "1"): Quantity {
  return quantity(value, unit, "simulated", source);
}

function withBand({ mean, low, high }: Interval): Quantity {
  return { ...quantity(mean, "1", "simulated", `${source}; ${intervalNote}`), band: { low, high } };
}

function detailOf(measured: LayerSparsityReport): SparsityDetail {
  const known = (value: number | undefined, why: string, unit?: Quantity["unit"]): Figure =>
    value === undefined ? { unknown: why } : counted(value, unit);
  return {
    emptyLaneGroups: counted(measured.structure.emptyBlocks),
    spatialSparsity: withBand(measured.spatialSparsity),
    membraneSparsity: known(measured.membraneSparsity, "there were no samples"),
    restingSteps: counted(measured.restingSteps),
    burstiness: known(measured.burstiness, "no neuron fired twice in a sample"),
    saturatedNeurons: measured.saturatedNeurons,
    executedOperations: known(measured.operations.executed, "the network does not fit the hardware", "op"),
    loadImbalance: counted(measured.loadImbalance),
  };
}

function storageOf(layer: IntegerLayer, lanes: number): StorageSummary {
  const columns = weightColumns(layer);
  const { weights, weightBits: bits } = layer;
  const matrix = { rows: weights.length / columns, columns, bits, values: weights };
  const ram = ramKinds["ice40-ebr"];
  const { costs, chosen, reason } = chooseFormat(matrix, { ram, lanes: Math.min(lanes, columns) });
  const exact = (value: number, unit: Quantity["unit"]): Quantity =>
    quantity(value, unit, "estimated", `counted in the encoded words, in blocks of ${ram.title}`);
  return {
    chosen: chosen.format,
    reason,
    formats: costs.map((cost) => ({
      format: cost.format,
      logicalBits: exact(cost.logicalBits, "bit"),
      allocatedBits: exact(cost.allocatedBits, "bit"),
      cyclesPerSpike: exact(cost.cyclesPerSpike, "cycle"),
    })),
  };
}
