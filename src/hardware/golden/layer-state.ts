// One layer of the golden model: what a step does to sums and state, and when a step would do nothing.

import {
  assert,
  assertDefined,
  clampTo,
  signedBits,
  signedRange,
  UserError,
  type IntegerRange,
} from "../../base/index.ts";
import type { IntegerExpression, IntegerNeuron } from "../../model/neuron/index.ts";
import { setSpike, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type { SynapseWalk } from "./convolution.ts";
import type { LayerFaults } from "./faults.ts";
import type { IntegerLayer } from "./integer-network.ts";
import { largestOfWindows, uniteFiring } from "./pooling.ts";
import { sumCount, synapseWalk } from "./synapses.ts";

/** Reads a value from the registers of one neuron: `state` at `offset`, and the accumulated input. */
type Reader = (state: Int32Array, offset: number, input: number) => number;

/** A layer in the middle of a run: sums, state, and who fired before. */
export class LayerState {
  readonly spikes: SpikeTrain;
  readonly #layer: IntegerLayer;
  readonly #weights: Int16Array;
  readonly #faults: LayerFaults | undefined;
  readonly #walk: SynapseWalk;
  /** Who fired in the step before. */
  #before: readonly number[] = [];
  readonly #sums: Int32Array;
  /** Shape [neuron, variable]. */
  readonly #state: Int32Array;
  readonly #spike: Reader;
  readonly #next: readonly Reader[];
  /** Whether a step without events would change nothing. */
  #isStill = false;
  readonly #startsStill: boolean;

  constructor(layer: IntegerLayer, stepCount: number, sampleCount: number, faults?: LayerFaults) {
    this.#layer = layer;
    this.#weights = faults?.weights ?? layer.weights;
    this.#faults = faults;
    this.spikes = spikeTrain({ stepCount, sampleCount, neuronCount: layer.neuronCount });
    this.#walk = synapseWalk(layer);
    this.#sums = new Int32Array(sumCount(layer));
    this.#state = new Int32Array(layer.neuronCount * layer.neuron.state.length);
    const readers = { neuron: layer.neuron, wraps: faults !== undefined, known: new Map() };
    this.#spike = readerOf(layer.neuron.spike, readers);
    this.#next = layer.neuron.state.map(({ name }) =>
      readerOf(assertDefined(layer.neuron.next[name], `next ${name}`), readers),
    );
    this.#startsStill = this.#isFixed();
  }

  /** Shape [neuron, variable]. */
  get state(): Readonly<Int32Array> {
    return this.#state;
  }

  /** To the start of a sample. */
  clear(): void {
    this.#state.fill(0);
    this.#before = [];
    this.#isStill = this.#startsStill;
  }

  /** Events of this step: what fires below, and what the layer itself fired in the step before. */
  eventsOf(firing: readonly number[]): readonly number[] {
    const { isRecurrent, inputCount } = this.#layer;
    const arriving = this.#faults?.arriving(firing) ?? firing;
    return isRecurrent === true ? [...arriving, ...this.#before.map((neuron) => inputCount + neuron)] : arriving;
  }

  /**
   * Whether this step changes nothing: no event arrives, and the step before had none either and changed nothing, or the layer rests
   * since the start. Without faults a step is a function of state and events alone, so it would change nothing again, whatever the
   * neuron.
   */
  rests(firing: readonly number[]): boolean {
    return this.#isStill && this.#faults === undefined && this.eventsOf(firing).length === 0;
  }

  /** Accumulate what the firing inputs add, then update every neuron. Returns what is handed over. Mutates sums, state, spikes. */
  step(firing: readonly number[], step: number, sample: number): readonly number[] {
    const { neuronCount, union } = this.#layer;
    this.#sums.fill(0);
    this.#faults?.beforeStep(this.#state, step, sample);
    const events = this.eventsOf(firing);
    for (const event of events) this.#add(event);
    let isStill = events.length === 0;
    const inputs = this.#inputs();
    const fired: number[] = [];
    const variables = this.#next.length;
    const next = new Array<number>(variables);
    for (let n = 0; n < neuronCount; n++) {
      const offset = n * variables;
      const input = inputs[n] ?? 0;
      for (let k = 0; k < variables; k++) next[k] = assertDefined(this.#next[k], "reader")(this.#state, offset, input);
      if (this.#spike(this.#state, offset, input) === 1 && this.#faults?.silent[n] !== 1) {
        fired.push(n);
        isStill = false;
        setSpike(this.spikes, step, sample, n);
      }
      for (let k = 0; k < variables; k++) {
        const value = next[k] ?? 0;
        if (this.#state[offset + k] !== value) isStill = false;
        this.#state[offset + k] = value;
      }
    }
    this.#before = fired;
    this.#isStill = isStill;
    return union === undefined ? fired : uniteFiring(fired, union);
  }

  /** Whether the present state without events neither changes nor fires. */
  #isFixed(): boolean {
    this.#sums.fill(0);
    const variables = this.#next.length;
    return this.#inputs().every((input, n) => {
      const offset = n * variables;
      const moves = this.#next.some((next, k) => next(this.#state, offset, input) !== this.#state[offset + k]);
      return !moves && this.#spike(this.#state, offset, input) === 0;
    });
  }

  #add(event: number): void {
    if (this.#faults?.saturates === true) return this.#addLimited(event);
    const [sums, weights, { neuronCount, convolution }] = [this.#sums, this.#weights, this.#layer];
    if (convolution === undefined) {
      const row = event * neuronCount;
      for (let n = 0; n < neuronCount; n++) sums[n] = (sums[n] ?? 0) + (weights[row + n] ?? 0);
    } else this.#walk(event, (cell, weight) => (sums[cell] = (sums[cell] ?? 0) + (weights[weight] ?? 0)));
  }

  #addLimited(event: number): void {
    const [sums, weights] = [this.#sums, this.#weights];
    const limit = formatOf(this.#layer.accumulator);
    this.#walk(event, (cell, weight) => {
      sums[cell] = clampTo(limit, (sums[cell] ?? 0) + (weights[weight] ?? 0));
    });
  }

  /** Sums that left their format, as the accumulators hold them. */
  #wrapSums(): void {
    const wrap = wrapTo(this.#layer.accumulator);
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] = wrap(this.#sums[i] ?? 0);
  }

  /** What each neuron sees in this step. */
  #inputs(): Int32Array {
    const { convolution, bias } = this.#layer;
    if (this.#faults !== undefined) this.#wrapSums();
    const { sums: grid, largest } = convolution ?? {};
    const seen = grid === undefined || largest === undefined ? this.#sums : largestOfWindows(this.#sums, grid, largest);
    if (bias === undefined) return seen;
    const biased = seen.map((sum, n) => sum + (bias[n % bias.length] ?? 0));
    if (this.#faults?.saturates !== true) return biased;
    const limit = formatOf(this.#layer.accumulator);
    return biased.map((sum) => clampTo(limit, sum));
  }
}

/** How the expressions of a neuron are read. */
interface Readers {
  readonly neuron: IntegerNeuron;
  /** Values that leave their format wrap; otherwise they are an error. */
  readonly wraps: boolean;
  readonly known: Map<IntegerExpression, Reader>;
}

/** Nested closures for an expression: `evaluateInteger`, decided once instead of at every neuron and step. */
function readerOf(node: IntegerExpression, readers: Readers): Reader {
  const cached = readers.known.get(node);
  if (cached !== undefined) return cached;
  const exact = buildReader(node, readers, (operand) => readerOf(operand, readers));
  const wrap = wrapTo(node);
  const reader: Reader = readers.wraps ? (s, o, i) => wrap(exact(s, o, i)) : exact;
  readers.known.set(node, reader);
  return reader;
}

/** All values of as many bits as `range` needs. */
function formatOf(range: IntegerRange): IntegerRange {
  return signedRange(signedBits(range));
}

/** The value that as many bits hold as `range` needs. */
function wrapTo(range: IntegerRange): (value: number) => number {
  const shift = 32 - signedBits(range);
  return (value) => (value << shift) >> shift;
}

function buildReader(
  node: IntegerExpression,
  { neuron, wraps }: Readers,
  of: (operand: IntegerExpression) => Reader,
): Reader {
  const { low, high } = node;
  switch (node.op) {
    case "constant":
      return () => node.value;
    case "reference": {
      const index = neuron.state.findIndex(({ name }) => name === node.name);
      assert(index >= 0 || node.name === "input", `unknown reference "${node.name}"`);
      const read: Reader = index < 0 ? (_s, _o, input) => input : (state, offset) => state[offset + index] ?? 0;
      return (state, offset, input) => {
        const value = read(state, offset, input);
        if (wraps || (value >= low && value <= high)) return value;
        throw new UserError("golden/outside-format", `"${node.name}" is ${value}, outside its format ${low}…${high}`);
      };
    }
    case "add": {
      const [a, b] = [of(node.a), of(node.b)];
      return (s, o, i) => a(s, o, i) + b(s, o, i);
    }
    case "sub": {
      const [a, b] = [of(node.a), of(node.b)];
      return (s, o, i) => a(s, o, i) - b(s, o, i);
    }
    case "mul": {
      const [a, b] = [of(node.a), of(node.b)];
      return (s, o, i) => Math.imul(a(s, o, i), b(s, o, i));
    }
    case "above": {
      const [a, b] = [of(node.a), of(node.b)];
      return (s, o, i) => (a(s, o, i) > b(s, o, i) ? 1 : 0);
    }
    case "shiftLeft": {
      const [a, factor] = [of(node.a), 2 ** node.by];
      return (s, o, i) => a(s, o, i) * factor;
    }
    case "shiftRight": {
      const [a, { by }] = [of(node.a), node];
      return (s, o, i) => a(s, o, i) >> by;
    }
    case "clamp": {
      const a = of(node.a);
      return (s, o, i) => Math.min(high, Math.max(low, a(s, o, i)));
    }
    case "select": {
      const [condition, a, b] = [of(node.condition), of(node.a), of(node.b)];
      return (s, o, i) => (condition(s, o, i) !== 0 ? a(s, o, i) : b(s, o, i));
    }
    default:
      return node satisfies never;
  }
}
