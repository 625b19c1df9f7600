// What one compressed network is: zeros, counts, bits and energy by storage format.

import { assertDefined, quantity, sumQuantities, type Quantity } from "../../base/index.ts";
import { hierarchyEnergy, hierarchyFormats, hierarchyLayers } from "../../hardware/cost/index.ts";
import type { EventTrace, IntegerNetwork } from "../../hardware/golden/index.ts";
import { layerColumns, type Network } from "../../model/network/index.ts";
import {
  countSynapticOperations,
  logicalBits,
  measureConnections,
  storageFormats,
  totalOperations,
  type IntegerMatrix,
  type NetworkRun,
} from "../../model/sparsity/index.ts";
import { countSpikes } from "../../model/tensor/index.ts";

/** Share of zero weights, of all layers and of each; spikes and additions per sample. */
export interface RegimeCounts {
  readonly connectionSparsity: number;
  readonly layers: readonly { readonly layer: string; readonly connectionSparsity: number }[];
  readonly spikes: number;
  readonly additions: number;
}

/** What storing the weights costs. */
export interface RegimeStorage {
  /** Exact bits of all weights in each storage format. */
  readonly formats: readonly { readonly format: string; readonly bits: number }[];
  /** Per inference, through the memory hierarchy, all layers in one format. */
  readonly energies: readonly { readonly format: string; readonly energy: Quantity }[];
  /** Every layer in the format that costs it least; absent for a network without integers. */
  readonly cheapest?: { readonly energy: Quantity; readonly formats: readonly string[] };
}

export function countRegime(network: Network, run: NetworkRun): RegimeCounts {
  const sampleCount = assertDefined(run.layers[0], "spikes").sampleCount;
  const measured = network.layers.map((layer) => ({
    layer: layer.name,
    size: layer.weights.data.length,
    ...measureConnections(layer.weights.data, layerColumns(layer)),
  }));
  const size = measured.reduce((sum, layer) => sum + layer.size, 0);
  return {
    connectionSparsity: 1 - measured.reduce((sum, { nonZeroCount }) => sum + nonZeroCount, 0) / size,
    layers: measured.map(({ layer, connectionSparsity }) => ({ layer, connectionSparsity })),
    spikes: run.layers.reduce((sum, train) => sum + countSpikes(train), 0) / sampleCount,
    additions: totalOperations(countSynapticOperations(network, run)).accumulates / sampleCount,
  };
}

/** A float network has 32 bits for each weight, no other format, and no energy that is known. */
export function floatStorage(network: Network): RegimeStorage {
  const bits = network.layers.reduce((sum, { weights }) => sum + 32 * weights.data.length, 0);
  return { formats: [{ format: "dense", bits }], energies: [] };
}

export function integerStorage(network: IntegerNetwork, trace: EventTrace): RegimeStorage {
  const layers = hierarchyLayers(network, trace);
  const priced = layers.map((layer) =>
    hierarchyFormats.map((format) => ({ format, energy: hierarchyEnergy(layer, format).total })),
  );
  const cheapest = priced.map((choices) =>
    choices.reduce((best, choice) => (choice.energy.value < best.energy.value ? choice : best)),
  );
  return {
    formats: storageFormats.map((format) => ({
      format: format.name,
      bits: layers.reduce((sum, { matrix }) => sum + bitsIn(matrix, format), 0),
    })),
    energies: hierarchyFormats.map((format, f) => ({
      format,
      energy: total(priced.map((choices) => assertDefined(choices[f], "price").energy)),
    })),
    cheapest: {
      energy: total(cheapest.map(({ energy }) => energy)),
      formats: cheapest.map(({ format }) => format),
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function bitsIn(matrix: IntegerMatrix, format: (typeof storageFormats)[number]): number {
  return logicalBits(format.encode(matrix, 1));
}

function total(parts: readonly Quantity[]): Quantity {
  const source = "memory hierarchy: sum over layers";
  return sumQuantities(parts, source) ?? quantity(0, "J", "estimated", source);
}
