/**
 * Fully connected layers behind event controllers: a controller broadcasts the spikes of a step one by one, and every physical
 * neuron unit walks through its logical neurons. One step waits between two layers.
 */
export interface EventControlWork {
  /** Logical neurons of each physical unit. Shape [layer]. */
  readonly neuronsPerUnit: readonly number[];
  /** Spikes into each layer at each of its steps; a trace that was cut may know fewer steps of later layers. Shape [layer, step]. */
  readonly spikes: readonly (readonly number[])[];
}

/** When everything happens, in cycles from the first layer's first start. */
export interface EventControlTimes {
  /** Cycle in which each layer begins each step. Shape [layer, step]. */
  readonly starts: readonly (readonly number[])[];
  /** Cycle in which the last layer is done with each step. Shape [step]. */
  readonly ends: readonly number[];
  /** The last of `ends`. */
  readonly totalCycles: number;
}

/**
 * What the published simulator does and no hardware should; all absent by default.
 * @source SNN-DSE, git 8a2fc2b, SystemC simulator, event controllers
 */
export interface EventControlDefects {
  /** A weight walk is counted in so many bits: longer ones wrap around, and 64 neurons per unit seem to cost nothing. */
  readonly walkCounterBits?: number;
  /**
   * Flags between controllers change within a cycle, seen by those that happen to run later in it: the first layer always runs
   * first, the others in ascending order in even cycles and in descending order in odd ones.
   */
  readonly racingFlags?: boolean;
  /** A first layer without spikes hands over without asking whether the step before was taken. */
  readonly unaskedEmptySteps?: boolean;
}

/** All defects of the simulator as it was published. */
export const publishedDefects: EventControlDefects = {
  walkCounterBits: 8,
  racingFlags: true,
  unaskedEmptySteps: true,
};

/** Cycles that a weight's read and addition take. */
const cyclesPerNeuron = 4;

/** Cycles of one broadcast: the address, the walk through a unit's neurons, the return. */
export function broadcastCycles(neuronsPerUnit: number, { walkCounterBits }: EventControlDefects = {}): number {
  const walk = cyclesPerNeuron * neuronsPerUnit;
  return (walkCounterBits === undefined ? walk : walk % 2 ** walkCounterBits) + 2;
}
