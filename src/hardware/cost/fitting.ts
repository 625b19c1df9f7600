// Whether a design fits a target, and the lanes that make it fastest there. No data is needed: allocations are compared with every
// neuron firing in every step.

import { assertDefined, type Problem } from "../../base/index.ts";
import { setSpike, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import { families, laneChannels, type HardwareChoice, type Mapping } from "../family/index.ts";
import type { EventTrace, IntegerNetwork } from "../golden/index.ts";
import type { Target } from "../target/index.ts";
import { allocateLanes, AllocationSpace } from "./allocate.ts";
import { estimateCells } from "./area.ts";

/** A network, the choices for it and where it shall run. */
export interface Candidate {
  readonly network: IntegerNetwork;
  readonly choice: HardwareChoice;
  readonly target: Target;
}

export interface Fit {
  /** Nothing when it fits, as far as that is known before synthesis. */
  readonly problems: readonly Problem[];
  /** Undefined when the family cannot map the network at all. */
  readonly mapping: Mapping | undefined;
  /** Logic cells, estimated; undefined when the family has no estimate. */
  readonly cells: number | undefined;
}

/** Combinations of lanes that are looked at: more take too long for an answer at once. */
const mostDesigns = 3000;

/** Check, map and estimate. */
export function judgeFit({ network, choice, target }: Candidate): Fit {
  const family = families[choice.family];
  const problems = family.check(network, choice, target);
  if (problems.length > 0) return { problems, mapping: undefined, cells: undefined };
  const mapping = family.map(network, choice, target);
  // What protection costs is measured, not estimated: docs/explanation/resilience.md.
  const isProtected = (choice.protection?.length ?? 0) > 0;
  if (!family.areCellsFitted || isProtected) return { problems, mapping, cells: undefined };
  const cells = estimateCells(mapping).value;
  const limit = target.limits.logicCells.value;
  return { problems: cells <= limit ? [] : [tooManyCells(mapping, cells, limit)], mapping, cells };
}

/**
 * The fastest lanes that fit; undefined when none do. Of families without an estimate of cells, the most lanes, up to 8 in every
 * layer, that check.
 */
export function fastestLanes(
  network: IntegerNetwork,
  choice: Omit<HardwareChoice, "lanes">,
  target: Target,
): readonly number[] | undefined {
  const some = evenLanes(network, choice, target);
  if (some === undefined || !families[choice.family].areCellsFitted) return some;
  const trace = everyNeuronFires(network);
  for (let mostLanes = 32; ; mostLanes /= 2) {
    const space = new AllocationSpace(network, trace, { ...choice, target, mostLanes });
    if (space.designCount > mostDesigns && mostLanes > 1) continue;
    return allocateLanes(space).front[0]?.lanes ?? some;
  }
}

/** Lanes that fit and are about the same in every layer, as many as possible; undefined when none of those tried fit. */
export function evenLanes(
  network: IntegerNetwork,
  choice: Omit<HardwareChoice, "lanes">,
  target: Target,
  mosts: readonly number[] = [8, 4, 2, 1],
): readonly number[] | undefined {
  for (const most of mosts) {
    const lanes = network.layers.map((layer) => divisorUpTo(laneChannels(layer) ?? layer.neuronCount, most));
    if (judgeFit({ network, choice: { ...choice, lanes }, target }).problems.length === 0) return lanes;
  }
  return undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

function tooManyCells({ network, layers, target }: Mapping, cells: number, limit: number): Problem {
  const lanes = layers.map((layer) => layer.lanes);
  const busiest = network.layers.reduce(
    (most, _, index) => ((lanes[index] ?? 0) > (lanes[most] ?? 0) ? index : most),
    0,
  );
  return {
    code: "fit/logic-cells",
    path: assertDefined(layers[busiest], "layer").name,
    message: `target "${target.name}": about ${cells} logic cells are needed, there are ${limit}`,
    hint: "use fewer lanes",
  };
}

function divisorUpTo(count: number, most: number): number {
  for (let lanes = Math.min(count, most); ; lanes--) if (count % lanes === 0) return lanes;
}

/** Two steps show how layers overlap. */
export function everyNeuronFires({ inputCount, layers, stepCount }: IntegerNetwork): EventTrace {
  const steps = Math.min(2, stepCount);
  const all = (neuronCount: number): SpikeTrain => {
    const train = spikeTrain({ stepCount: steps, sampleCount: 1, neuronCount });
    for (let step = 0; step < steps; step++) for (let n = 0; n < neuronCount; n++) setSpike(train, step, 0, n);
    return train;
  };
  const classCount = assertDefined(layers.at(-1), "last layer").neuronCount;
  return {
    stepCount: steps,
    sampleCount: 1,
    input: all(inputCount),
    layers: layers.map(({ neuronCount }) => all(neuronCount)),
    counts: new Int32Array(classCount).fill(steps),
    decisions: new Uint16Array(1),
  };
}
