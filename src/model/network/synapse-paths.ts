// The ways of a spike through a layer, whatever its kind: from a neuron below to rows of weights (pooled, delayed), through synapses
// to sums, and from sums to neurons (pooled).

import { eachSynapse } from "./each-synapse.ts";
import { cellCount, convolvedGrid, delaysOf, synapseInputCount, type Layer } from "./layer.ts";
import { eachWindow } from "./pool-values.ts";

type Visit = (from: number, to: number) => void;

/** Every row of weights that a neuron below can reach; `arriving` neurons there are. */
export function eachRow(layer: Layer, arriving: number, visit: Visit): void {
  const delays = delaysOf(layer);
  const rows = new Map<number, number[]>();
  delays?.sources.forEach((source, row) => rows.set(source, [...(rows.get(source) ?? []), row]));
  const enter: Visit = (from, cell) => {
    if (delays === undefined) visit(from, cell);
    else for (const row of rows.get(cell) ?? []) visit(from, row);
  };
  const { inputPooling: pooling } = layer;
  if (pooling === undefined) for (let n = 0; n < arriving; n++) enter(n, n);
  else eachWindow(pooling.grid, pooling, (cell, members) => members.forEach((member) => enter(member, cell)));
}

/** Every synapse from a row to a sum, with the index of its weight; recurrent ones are not among them. */
export function eachForwardSynapse(layer: Layer, visit: (row: number, sum: number, weight: number) => void): void {
  if (layer.kind === "conv") return eachSynapse(layer, visit);
  const { neuronCount, weights } = layer;
  for (let i = 0; i < weights.data.length; i++) visit(Math.floor(i / neuronCount), i % neuronCount, i);
}

/** Sums of weighted spikes: one for each neuron, or for each cell before a convolution's pooling. */
export function synapseSumCount(layer: Layer): number {
  return layer.kind === "conv" ? cellCount(convolvedGrid(layer)) : layer.neuronCount;
}

/** Every neuron that a sum reaches. */
export function eachReached(layer: Layer, visit: Visit): void {
  const pooling = layer.kind === "conv" ? layer.pooling : undefined;
  if (layer.kind === "conv" && pooling !== undefined) {
    eachWindow(convolvedGrid(layer), pooling, (neuron, members) => members.forEach((sum) => visit(sum, neuron)));
  } else for (let n = 0; n < layer.neuronCount; n++) visit(n, n);
}

/**
 * Synapses with a weight out of each of `arriving` neurons below, recurrent ones not among them: beyond the border of an image there
 * are none, and behind a pool a neuron has those of every window that it is in. Shape [neuron below].
 */
export function fanOutBelow(layer: Layer, weights: Float32Array, arriving: number): Uint32Array {
  const ofRow = new Uint32Array(synapseInputCount(layer, arriving));
  eachForwardSynapse(layer, (row, _, weight) => {
    if (weights[weight] !== 0) ofRow[row] = (ofRow[row] ?? 0) + 1;
  });
  const found = new Uint32Array(arriving);
  eachRow(layer, arriving, (neuron, row) => (found[neuron] = (found[neuron] ?? 0) + (ofRow[row] ?? 0)));
  return found;
}
