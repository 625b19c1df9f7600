// The meaning of "correct": exact integers, one step at a time, all layers within the same step, spikes of a layer entering
// the next one in that step, those of a recurrent layer entering it again in the next step.

import {
  assert,
  assertDefined,
  signedBits,
  UserError,
  type IntegerRange,
  type ProgressListener,
} from "../../base/index.ts";
import { decideClasses } from "../../model/encoding/index.ts";
import type { IntegerExpression, IntegerNeuron } from "../../model/neuron/index.ts";
import { firingNeurons, setSpike, spikeTrain, type SpikeTrain } from "../../model/tensor/index.ts";
import type { EventTrace } from "./event-trace.ts";
import { layerFaults, type Fault, type LayerFaults } from "./faults.ts";
import type { SynapseWalk } from "./convolution.ts";
import type { IntegerLayer, IntegerNetwork } from "./integer-network.ts";
import { largestOfWindows, uniteFiring } from "./pooling.ts";
import { sumCount, synapseWalk } from "./synapses.ts";

/**
 * Run the golden model on every sample from zero state.
 *
 * @param input  Spikes into the first layer, shape [step, sample, input].
 * @throws `golden/input-shape` when the input does not fit the network
 * @throws `golden/outside-format` when a value leaves its format
 */
export function runGolden(network: IntegerNetwork, input: SpikeTrain, onProgress?: ProgressListener): EventTrace {
  return runSamples(network, input, undefined, onProgress);
}

/**
 * The golden model of damaged hardware: what leaves its format wraps, as it does in the design.
 * @throws `golden/input-shape`; `faults/outside` when a fault names something that does not exist
 */
export function runFaulty(network: IntegerNetwork, input: SpikeTrain, faults: readonly Fault[]): EventTrace {
  return runSamples(network, input, layerFaults(network, faults));
}

function runSamples(
  network: IntegerNetwork,
  input: SpikeTrain,
  faults: readonly LayerFaults[] | undefined,
  onProgress?: ProgressListener,
): EventTrace {
  checkGoldenInput(network, input);
  const { stepCount, sampleCount } = input;
  const { inputUnion } = network;
  const layers = network.layers.map((layer, l) => new LayerState(layer, stepCount, sampleCount, faults?.[l]));
  for (let sample = 0; sample < sampleCount; sample++) {
    for (const layer of layers) layer.clear();
    for (let step = 0; step < stepCount; step++) {
      let firing: readonly number[] = firingNeurons(input, step, sample);
      if (inputUnion !== undefined) firing = uniteFiring(firing, inputUnion);
      for (const layer of layers) firing = layer.step(firing, step, sample);
    }
    if (sample % 64 === 63)
      onProgress?.({ label: "golden model", done: sample + 1, total: sampleCount, unit: "samples" });
  }
  return decide(
    input,
    layers.map(({ spikes }) => spikes),
  );
}

/** @throws `golden/input-shape` when the input does not fit the network */
export function checkGoldenInput(network: IntegerNetwork, input: SpikeTrain): void {
  if (input.neuronCount !== network.inputCount || input.stepCount !== network.stepCount) {
    throw new UserError(
      "golden/input-shape",
      `"${network.name}": expected ${network.stepCount} steps of ${network.inputCount} inputs, got ${input.stepCount} of ${input.neuronCount}`,
    );
  }
}

/** A trace from the spikes of every layer: counts and decisions follow from them. */
export function decide(input: SpikeTrain, layers: readonly SpikeTrain[]): EventTrace {
  const { stepCount, sampleCount } = input;
  const last = assertDefined(layers.at(-1), "last layer");
  const classCount = last.neuronCount;
  const counts = new Int32Array(sampleCount * classCount);
  for (let sample = 0; sample < sampleCount; sample++) {
    const start = sample * classCount;
    for (let step = 0; step < stepCount; step++) {
      for (const neuron of firingNeurons(last, step, sample))
        counts[start + neuron] = (counts[start + neuron] ?? 0) + 1;
    }
  }
  return { stepCount, sampleCount, input, layers, counts, decisions: decideClasses(counts, classCount) };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Reads a value from the registers of one neuron: `state` at `offset`, and the accumulated input. */
type Reader = (state: Int32Array, offset: number, input: number) => number;

class LayerState {
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

  constructor(layer: IntegerLayer, stepCount: number, sampleCount: number, faults: LayerFaults | undefined) {
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
  }

  clear(): void {
    this.#state.fill(0);
    this.#before = [];
  }

  /** Accumulate what the firing inputs add, then update every neuron. Returns what is handed over. Mutates sums, state, spikes. */
  step(firing: readonly number[], step: number, sample: number): readonly number[] {
    const { inputCount, neuronCount, isRecurrent, union } = this.#layer;
    this.#sums.fill(0);
    this.#faults?.beforeStep(this.#state, step, sample);
    for (const input of this.#faults?.arriving(firing) ?? firing) this.#add(input);
    if (isRecurrent === true) for (const neuron of this.#before) this.#add(inputCount + neuron);
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
        setSpike(this.spikes, step, sample, n);
      }
      for (let k = 0; k < variables; k++) this.#state[offset + k] = next[k] ?? 0;
    }
    this.#before = fired;
    return union === undefined ? fired : uniteFiring(fired, union);
  }

  #add(event: number): void {
    const [sums, weights, { neuronCount, convolution }] = [this.#sums, this.#weights, this.#layer];
    if (convolution === undefined) {
      const row = event * neuronCount;
      for (let n = 0; n < neuronCount; n++) sums[n] = (sums[n] ?? 0) + (weights[row + n] ?? 0);
    } else this.#walk(event, (cell, weight) => (sums[cell] = (sums[cell] ?? 0) + (weights[weight] ?? 0)));
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
    return bias === undefined ? seen : seen.map((sum, n) => sum + (bias[n % bias.length] ?? 0));
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
