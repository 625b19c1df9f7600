// What can go wrong in hardware, said of the network rather than of the RTL: the golden model with these faults and the emitted
// design with the same faults give the same spikes. Where a fault leads outside a format, both wrap as two's complement does.

import { assertDefined, assert, UserError } from "../../base/index.ts";
import { stateBitsOf } from "../../model/neuron/index.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";

/** One fault of one layer; positions count from 0. */
export type Fault =
  /** A flipped bit of a weight word, for good: an upset of the weight memory. */
  | { readonly kind: "weight-bit"; readonly layer: number; readonly weight: number; readonly bit: number }
  /** A flipped bit of a neuron's state words just before one step: an upset of the state memory. */
  | {
      readonly kind: "state-bit";
      readonly layer: number;
      readonly neuron: number;
      /** Of all state variables side by side, the first in the low bits. */
      readonly bit: number;
      readonly sample: number;
      readonly step: number;
    }
  /** A bit of the state memory that always reads `value`. */
  | {
      readonly kind: "stuck-bit";
      readonly layer: number;
      readonly neuron: number;
      readonly bit: number;
      readonly value: 0 | 1;
    }
  /** Neurons n with n mod `lanes` = `lane` never fire. */
  | { readonly kind: "dead-lane"; readonly layer: number; readonly lane: number; readonly lanes: number }
  | LossyEvents;

/** Events on their way into a layer get lost, and at most one per step appears from nowhere. */
export interface LossyEvents {
  readonly kind: "lossy-events";
  readonly layer: number;
  /** An event is dropped with probability `drop` / 65536. */
  readonly drop: number;
  /** A step ends with an event of random address with probability `spurious` / 65536. */
  readonly spurious: number;
  /** 1…65535. */
  readonly seed: number;
}

/** What faults do to one layer; the golden model asks at each step. */
export interface LayerFaults {
  readonly weights: Int16Array;
  /** Shape [neuron]: 1 where it never fires. */
  readonly silent: Uint8Array;
  /** Sums stop at the ends of their format instead of wrapping. */
  readonly saturates: boolean;
  /** The events that reach the layer. Advances the random source. */
  arriving(firing: readonly number[]): readonly number[];
  /** Flip and force bits of `state`, shape [neuron, variable]. */
  beforeStep(state: Int32Array, step: number, sample: number): void;
}

/**
 * The faults of every layer, ready to run.
 * @throws `faults/outside` when one names a layer, weight, neuron, bit or probability that does not exist
 */
export function layerFaults(
  network: IntegerNetwork,
  faults: readonly Fault[],
  saturates: boolean,
): readonly LayerFaults[] {
  faults.forEach((fault) => checkFault(network, fault));
  return network.layers.map((layer, index) => {
    const own = faults.filter((fault) => fault.layer === index);
    const lossy = own.filter((fault) => fault.kind === "lossy-events").map((fault) => new LossyStream(layer, fault));
    return {
      weights: faultyWeights(layer, own),
      silent: silentNeurons(layer, own),
      saturates,
      arriving: (firing) => lossy.reduce((events, stream) => stream.pass(events), firing),
      beforeStep: stateFaults(layer, own),
    };
  });
}

/** A 16-bit maximal-length shift register (x^16 + x^14 + x^13 + x^11 + 1, Galois form), as `hdl/event_saboteur.sv` has it. */
export function nextRandom(word: number): number {
  return (word >>> 1) ^ ((word & 1) === 1 ? 0xb400 : 0);
}

/** The seed of the register that draws addresses, from that of the one that decides. */
export function placeSeed(seed: number): number {
  return (seed ^ 0x5a5a) === 0 ? 1 : seed ^ 0x5a5a;
}

// ---------------------------------------------------------------------------------------------------------------------

class LossyStream {
  readonly #fault: LossyEvents;
  readonly #inputs: number;
  #word: number;
  #place: number;

  constructor(layer: IntegerLayer, fault: LossyEvents) {
    this.#fault = fault;
    this.#inputs = layer.inputCount;
    this.#word = fault.seed;
    this.#place = placeSeed(fault.seed);
  }

  pass(firing: readonly number[]): readonly number[] {
    const passed = firing.filter(() => this.#draw() >= this.#fault.drop);
    if (this.#word < this.#fault.spurious) {
      this.#draw();
      passed.push((this.#place * this.#inputs) >>> 16);
      this.#place = nextRandom(this.#place);
    }
    this.#draw();
    return passed;
  }

  /** The present word; the register moves on. */
  #draw(): number {
    const word = this.#word;
    this.#word = nextRandom(word);
    return word;
  }
}

function faultyWeights(layer: IntegerLayer, faults: readonly Fault[]): Int16Array {
  const flips = faults.filter((fault) => fault.kind === "weight-bit");
  if (flips.length === 0) return layer.weights;
  const weights = layer.weights.slice();
  const shift = 32 - layer.weightBits;
  for (const { weight, bit } of flips) weights[weight] = (((weights[weight] ?? 0) ^ (1 << bit)) << shift) >> shift;
  return weights;
}

function silentNeurons(layer: IntegerLayer, faults: readonly Fault[]): Uint8Array {
  const silent = new Uint8Array(layer.neuronCount);
  for (const fault of faults) {
    if (fault.kind === "dead-lane") for (let n = fault.lane; n < silent.length; n += fault.lanes) silent[n] = 1;
  }
  return silent;
}

function stateFaults(layer: IntegerLayer, faults: readonly Fault[]): LayerFaults["beforeStep"] {
  const stuck = faults.filter((fault) => fault.kind === "stuck-bit");
  const flips = new Map<string, Extract<Fault, { kind: "state-bit" }>[]>();
  for (const fault of faults) {
    if (fault.kind !== "state-bit") continue;
    const key = `${fault.sample} ${fault.step}`;
    flips.set(key, [...(flips.get(key) ?? []), fault]);
  }
  const change = (
    state: Int32Array,
    neuron: number,
    bit: number,
    edit: (value: number, mask: number) => number,
  ): void => {
    const at = statePlace(layer, bit);
    const index = neuron * layer.neuron.state.length + at.variable;
    const shift = 32 - at.bits;
    state[index] = (edit(state[index] ?? 0, 1 << at.bit) << shift) >> shift;
  };
  return (state, step, sample) => {
    for (const { neuron, bit } of flips.get(`${sample} ${step}`) ?? [])
      change(state, neuron, bit, (v, mask) => v ^ mask);
    for (const { neuron, bit, value } of stuck) {
      change(state, neuron, bit, (v, mask) => (value === 1 ? v | mask : v & ~mask));
    }
  };
}

/** Which state variable holds bit `bit` of a neuron's state word, and where. */
function statePlace(
  { neuron }: IntegerLayer,
  bit: number,
): { readonly variable: number; readonly bit: number; readonly bits: number } {
  let rest = bit;
  for (const [variable, { format }] of neuron.state.entries()) {
    if (rest < format.bits) return { variable, bit: rest, bits: format.bits };
    rest -= format.bits;
  }
  assert(false, `no state bit ${bit}`);
}

function checkFault(network: IntegerNetwork, fault: Fault): void {
  const inside = (what: string, value: number, count: number): void => {
    if (Number.isInteger(value) && value >= 0 && value < count) return;
    throw new UserError(
      "faults/outside",
      `fault "${fault.kind}" of layer ${fault.layer}: ${what}: expected 0…${count - 1}, got ${value}`,
    );
  };
  inside("layer", fault.layer, network.layers.length);
  const layer = assertDefined(network.layers[fault.layer], "layer");
  switch (fault.kind) {
    case "weight-bit":
      inside("weight", fault.weight, layer.weights.length);
      return inside("bit", fault.bit, layer.weightBits);
    case "state-bit":
    case "stuck-bit":
      inside("neuron", fault.neuron, layer.neuronCount);
      if (fault.kind === "state-bit") inside("step", fault.step, network.stepCount);
      return inside("bit", fault.bit, stateBitsOf(layer.neuron));
    case "dead-lane":
      inside("lanes", fault.lanes, 65_536);
      return inside("lane", fault.lane, fault.lanes);
    case "lossy-events":
      inside("drop", fault.drop, 65_536);
      inside("spurious", fault.spurious, 65_536);
      return inside("seed", fault.seed - 1, 65_535);
    default:
      return fault satisfies never;
  }
}
