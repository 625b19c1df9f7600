// Lanes per layer: every legal combination, each by its exact cycles over a trace, its estimated cells and its RAM blocks. What a
// layer costs depends on its own lanes only, so all of it is computed once per layer and number of lanes; a combination is then one
// run of the pipeline's recurrence.

import { assertDefined } from "../../base/index.ts";
import {
  blocksUsed,
  laneChannels,
  layerCycles,
  layerMemories,
  PipelineRecurrence,
  type HardwareChoice,
  type LayerCycles,
} from "../family/index.ts";
import type { EventTrace, IntegerNetwork } from "../golden/index.ts";
import type { Target } from "../target/index.ts";
import { estimateLayerCells } from "./area.ts";

/** One combination of lanes. */
export interface Allocation {
  readonly lanes: readonly number[];
  /** Mean over the trace's samples, exact. */
  readonly cycles: number;
  /** Estimated. */
  readonly cells: number;
  readonly blockRams: number;
  readonly singlePortRams: number;
}

export interface AllocationStudy {
  /** Combinations that were looked at: all of them. */
  readonly designCount: number;
  /** Those within the target's cells and RAM blocks. */
  readonly fittingCount: number;
  /** Fitting combinations that no other one beats in cycles and cells, fastest first. */
  readonly front: readonly Allocation[];
}

/** What another number of lanes of one layer would change, everything else as it is. */
export interface LaneAdvice {
  readonly layer: string;
  readonly lanes: number;
  /** The layer's own cycles as a share of the whole inference; 1 says that everything waits for it. */
  readonly busyShare: number;
  /** Relative change of cycles and cells with the next legal number of lanes down and up; undefined at the end of the range. */
  readonly fewer: LaneChange | undefined;
  readonly more: LaneChange | undefined;
}

export interface LaneChange {
  readonly lanes: number;
  readonly cycles: number;
  readonly cells: number;
}

/** What one layer costs with so many lanes. */
interface LayerOption {
  readonly lanes: number;
  readonly work: LayerCycles;
  readonly cells: number;
  /** RAM blocks with its weights in block RAM, and with them outside. */
  readonly inside: number;
  readonly outside: number;
  /** Single-port RAMs that its weights take outside. */
  readonly singlePort: number;
}

/** All legal lanes of a network: divisors of a layer's neurons or, on a grid, of its channels. */
export class AllocationSpace {
  readonly options: readonly (readonly LayerOption[])[];
  readonly #target: Target;
  readonly #sampleCount: number;
  readonly #stepCount: number;
  readonly #classCount: number;
  /** Layers in the order in which their weights leave block RAM: the largest first. */
  readonly #moves: readonly number[];

  constructor(
    network: IntegerNetwork,
    trace: EventTrace,
    choice: Omit<HardwareChoice, "lanes"> & { readonly target: Target; readonly mostLanes: number },
  ) {
    const { target, mostLanes } = choice;
    this.#target = target;
    this.#sampleCount = trace.sampleCount;
    this.#stepCount = trace.stepCount;
    this.#classCount = assertDefined(network.layers.at(-1), "last layer").neuronCount;
    const size = (index: number): number => {
      const { weights, weightBits } = assertDefined(network.layers[index], "layer");
      return weights.length * weightBits;
    };
    this.#moves = network.layers.map((_, index) => index).sort((a, b) => size(b) - size(a));
    this.options = network.layers.map((layer, index) =>
      divisors(laneChannels(layer) ?? layer.neuronCount, mostLanes).map((lanes): LayerOption => {
        const chosen: HardwareChoice = { ...choice, lanes: network.layers.map(() => lanes) };
        const inside = [layerMemories(network, index, chosen, "block-ram")];
        const outside = [layerMemories(network, index, chosen, "single-port-ram")];
        return {
          lanes,
          work: layerCycles(network, chosen, trace, { index, lanes }),
          cells: estimateLayerCells(layer, lanes),
          inside: blocksUsed(inside, "block-ram"),
          outside: blocksUsed(outside, "block-ram"),
          singlePort: blocksUsed(outside, "single-port-ram"),
        };
      }),
    );
  }

  get designCount(): number {
    return this.options.reduce((count, { length }) => count * length, 1);
  }

  /** One combination, by the positions of its options; undefined when it does not fit the target. */
  evaluate(chosen: readonly LayerOption[]): Allocation | undefined {
    const { limits } = this.#target;
    const cells = chosen.reduce((sum, option) => sum + option.cells, 0);
    const rams = this.#place(chosen);
    if (rams === undefined || Math.round(cells) > limits.logicCells.value) return undefined;
    return {
      lanes: chosen.map(({ lanes }) => lanes),
      cycles: this.cyclesOf(chosen),
      cells: Math.round(cells),
      ...rams,
    };
  }

  /** Mean cycles of a sample. */
  cyclesOf(chosen: readonly LayerOption[]): number {
    const works = chosen.map(({ work }) => work);
    const recurrence = new PipelineRecurrence(works, this.#stepCount, this.#classCount);
    let sum = 0;
    for (let sample = 0; sample < this.#sampleCount; sample++) sum += recurrence.run(sample);
    return sum / this.#sampleCount;
  }

  /** The options of a layer by lanes. */
  optionsOf(lanes: readonly number[]): LayerOption[] {
    return lanes.map((count, index) =>
      assertDefined(
        this.options[index]?.find((option) => option.lanes === count),
        "legal lanes",
      ),
    );
  }

  /** Weights leave block RAM, largest first, until the rest fits: as `mapNetwork` places them. */
  #place(chosen: readonly LayerOption[]): Pick<Allocation, "blockRams" | "singlePortRams"> | undefined {
    const { limits } = this.#target;
    let blockRams = chosen.reduce((sum, { inside }) => sum + inside, 0);
    let singlePortRams = 0;
    for (const index of [...this.#moves, undefined]) {
      if (blockRams <= limits.blockRams.value && singlePortRams <= limits.singlePortRams.value) {
        return { blockRams, singlePortRams };
      }
      const option = index === undefined ? undefined : chosen[index];
      if (option === undefined) return undefined;
      blockRams += option.outside - option.inside;
      singlePortRams += option.singlePort;
    }
    return undefined;
  }
}

/** Look at every combination. */
export function allocateLanes(space: AllocationSpace): AllocationStudy {
  const { options, designCount } = space;
  const front: Allocation[] = [];
  let fittingCount = 0;
  for (let design = 0; design < designCount; design++) {
    let rest = design;
    const chosen = options.map((ofLayer) => {
      const option = assertDefined(ofLayer[rest % ofLayer.length], "option");
      rest = Math.floor(rest / ofLayer.length);
      return option;
    });
    const found = space.evaluate(chosen);
    if (found === undefined) continue;
    fittingCount++;
    insert(front, found);
  }
  return { designCount, fittingCount, front: front.sort((a, b) => a.cycles - b.cycles) };
}

/** What each layer's lanes are worth in an allocation. */
export function adviseLanes(space: AllocationSpace, network: IntegerNetwork, allocation: Allocation): LaneAdvice[] {
  const chosen = space.optionsOf(allocation.lanes);
  return chosen.map((option, index) => {
    const ofLayer = assertDefined(space.options[index], "options");
    const at = ofLayer.indexOf(option);
    const change = (other: LayerOption | undefined): LaneChange | undefined => {
      if (other === undefined) return undefined;
      const cycles = space.cyclesOf(chosen.with(index, other)) / allocation.cycles - 1;
      return { lanes: other.lanes, cycles, cells: (other.cells - option.cells) / allocation.cells };
    };
    const { accumulate, slots, closingCycles } = option.work;
    const steps = accumulate.length;
    const own = accumulate.reduce((sum, cycles, i) => sum + cycles + (slots[i] ?? 0) + closingCycles + 3, 0);
    const samples = steps / Math.max(1, network.stepCount);
    return {
      layer: assertDefined(network.layers[index], "layer").name,
      lanes: option.lanes,
      busyShare: own / samples / allocation.cycles,
      fewer: change(ofLayer[at - 1]),
      more: change(ofLayer[at + 1]),
    };
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function divisors(count: number, most: number): number[] {
  return Array.from({ length: Math.min(count, most) }, (_, i) => i + 1).filter((lanes) => count % lanes === 0);
}

/** Keep a set of allocations none of which is at least as good as another in cycles and cells. */
function insert(front: Allocation[], found: Allocation): void {
  if (front.some((other) => other.cycles <= found.cycles && other.cells <= found.cells)) return;
  for (let i = front.length - 1; i >= 0; i--) {
    const other = assertDefined(front[i], "allocation");
    if (found.cycles <= other.cycles && found.cells <= other.cells) front.splice(i, 1);
  }
  front.push(found);
}
