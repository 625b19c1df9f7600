import type { Problem } from "../../base/index.ts";
import type { EventTrace, Fault, IntegerNetwork } from "../golden/index.ts";
import type { RtlDesign } from "../rtl/index.ts";
import type { Target } from "../target/index.ts";
import type { FamilyName, Protection, WeightStorage } from "./names.ts";
import type { LayerWork } from "./work.ts";

/** Choices that are the hardware's alone: the network's results do not depend on them. */
export interface HardwareChoice {
  readonly family: FamilyName;
  /** Neurons of layer l that are served at once (P). */
  readonly lanes: readonly number[];
  readonly weightStorage: WeightStorage;
  /** None without. */
  readonly protection?: readonly Protection[] | undefined;
  /** Of families that walk over all inputs: a walk without any spike is skipped. Default: yes. */
  readonly zeroTest?: boolean | undefined;
}

/** One memory of a mapped design. */
export interface MappedMemory {
  readonly name: string;
  readonly layer: string;
  readonly role:
    | "weights"
    | "row-pointers"
    | "bias"
    | "state"
    | "accumulator"
    | "events"
    | "feedback"
    | "spikes"
    | "counts";
  readonly depth: number;
  readonly width: number;
  /** Where it lies: block RAM, single-port RAM (loaded over the host port), or registers. */
  readonly place: "block-ram" | "single-port-ram" | "registers";
  /** Bits that carry meaning. */
  readonly logicalBits: number;
  /** Bits of the RAM blocks that it occupies on the target. */
  readonly allocatedBits: number;
  /** RAM blocks of its kind that it occupies; 0 for registers. */
  readonly blocks: number;
}

export interface MappedLayer {
  readonly name: string;
  readonly inputCount: number;
  readonly neuronCount: number;
  readonly lanes: number;
  /** ⌈neuronCount / lanes⌉: groups of neurons served one after the other. */
  readonly groups: number;
  readonly memories: readonly MappedMemory[];
}

/** A network laid out on a target by a family. */
export interface Mapping {
  readonly kind: "mapping";
  readonly choice: HardwareChoice;
  readonly network: IntegerNetwork;
  readonly target: Target;
  readonly layers: readonly MappedLayer[];
}

/** Cycles of every sample, from the acceptance of its first word to its decision, and when each layer ends each step. */
export interface CycleReport {
  /** Shape [sample]. */
  readonly sampleCycles: Uint32Array;
  /**
   * Cycle, counted from the acceptance of the sample's first word, in which layer l hands over the end of step t.
   * Shape [sample, layer, step].
   */
  readonly stepEnds: Uint32Array;
}

/** An architecture as code. All three readings of a mapping agree cycle by cycle. */
export interface Family {
  readonly name: FamilyName;
  /** How weights may lie in its memories. */
  readonly storages: readonly WeightStorage[];
  /** Whether `estimateCells` was fitted to its designs; the cells of others are known when they are synthesized. */
  readonly areCellsFitted: boolean;
  /** Everything that stops `network` from running on `target` with `choice`: layer, resource, smallest remedy. */
  check(network: IntegerNetwork, choice: HardwareChoice, target: Target): Problem[];
  /** @throws the problems of `check` */
  map(network: IntegerNetwork, choice: HardwareChoice, target: Target): Mapping;
  /** Cycles in closed form from the event counts of `trace`. */
  predict(mapping: Mapping, trace: EventTrace): CycleReport;
  /**
   * Cycles if steps that change nothing had no update pass, for families whose layers know how: an estimate, no design does so yet.
   * @param skipped  Shape [layer][sample, step].
   */
  predictSkipping?(mapping: Mapping, trace: EventTrace, skipped: readonly Uint8Array[]): CycleReport;
  /** Cycles by simulating queues and handshakes event by event. */
  simulate(mapping: Mapping, trace: EventTrace): CycleReport;
  /** Reads, writes and additions, from the event counts of `trace`. */
  work(mapping: Mapping, trace: EventTrace): readonly LayerWork[];
  /** @param faults  Those that become part of the design: dead lanes, lossy events. */
  emit(mapping: Mapping, faults?: readonly Fault[]): RtlDesign;
}
