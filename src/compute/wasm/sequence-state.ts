// What stays between two parts of a sequence: the neurons' state and the last spikes of recurrent layers forwards, gradients
// backwards.

import { assertDefined } from "../../base/index.ts";
import { evaluateFloat, initialState } from "../../model/neuron/index.ts";
import type { LayerMemory } from "./layer-memory.ts";
import type { LayerPlan, Plan } from "./plan.ts";

/** State and last spikes of every layer between two parts. */
export type SequenceState = readonly {
  readonly state: readonly Float32Array[];
  readonly lists: readonly Uint8Array[];
}[];

/** Before the first step: the neurons' initial state, no spikes. */
export function clearState(memory: LayerMemory, plan: Plan): void {
  for (const layer of plan.layers) {
    const { initial } = layer.neuron;
    for (const address of layer.state) memory.clearSamples(layer, address);
    if (initial !== undefined) setInitialState(memory, plan, layer);
    if (layer.recurrent === undefined) continue;
    const from = layer.recurrent.carried / 4;
    memory.words.fill(0, from, from + 2 * plan.maxSampleCount);
  }
}

export function saveState(memory: LayerMemory, plan: Plan): SequenceState {
  return plan.layers.map((layer) => ({
    state: layer.state.map((address) => memory.copySamples(layer, address)),
    lists: listRanges(layer, plan).map(([from, to]) => memory.bytes.slice(from, to)),
  }));
}

export function restoreState(memory: LayerMemory, plan: Plan, saved: SequenceState): void {
  plan.layers.forEach((layer, l) => {
    const { state, lists } = assertDefined(saved[l], "state");
    layer.state.forEach((address, i) => memory.floats.set(assertDefined(state[i], "state"), address / 4));
    listRanges(layer, plan).forEach(([from], i) => memory.bytes.set(assertDefined(lists[i], "list"), from));
  });
}

/**
 * dLoss/dInput of a recurrent layer's first step moves to the place after the last step, where the part before looks for it. Carried
 * state gradients stay where they are.
 */
export function carryGradients(memory: LayerMemory, plan: Plan, samples: number, stepsBefore: number): void {
  for (const layer of plan.layers) {
    if (layer.recurrent === undefined) continue;
    memory.moveRows(layer, assertDefined(layer.saved[0], "gradient"), { ...plan, samples, from: 0, to: stepsBefore });
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** Adds the initial state to cleared memory. */
function setInitialState(memory: LayerMemory, { maxSampleCount }: Plan, layer: LayerPlan): void {
  const own = layer.parameters.size === 0 ? {} : (memory.read(layer, "weights").neuronParameters ?? {});
  const states = Array.from({ length: layer.neuronCount }, (_, n) => {
    const parameters = Object.fromEntries(Object.entries(own).map(([name, values]) => [name, values[n] ?? 0]));
    return initialState(layer.neuron, { ...layer.layer.neuron.parameters, ...parameters }, evaluateFloat);
  });
  const size = maxSampleCount * layer.neuronCount;
  layer.neuron.state.forEach((name, i) => {
    const values = Float32Array.from({ length: size }, (_, at) => states[at % layer.neuronCount]?.[name] ?? 0);
    memory.addSamples(layer, assertDefined(layer.state[i], "state"), values, maxSampleCount);
  });
}

/** Where the spikes of a recurrent layer's last step lie, which they are, and what they carried. */
function listRanges(
  { recurrent, output }: LayerPlan,
  { maxSampleCount, sampleRows }: Plan,
): readonly (readonly [from: number, to: number])[] {
  if (recurrent === undefined) return [];
  const lists = output.rows.index + recurrent.carriedPosition;
  const { graded } = output;
  const rowBytes = 4 * (graded?.width ?? 0);
  const sent = Array.from({ length: graded === undefined ? 0 : graded.tiles * maxSampleCount }, (_, i) => {
    const row = i * sampleRows - 1;
    const from = (graded?.values ?? 0) + row * rowBytes;
    return [from, from + rowBytes] as const;
  });
  return [
    ...sent,
    [recurrent.carried, recurrent.carried + 8 * maxSampleCount],
    [lists, lists + maxSampleCount * output.rowBytes],
  ];
}
