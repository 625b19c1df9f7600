// What the output layer says: outputs from its record over all steps, and how a gradient of the outputs returns to the record.

import type { Readout } from "../network/index.ts";

/** The output layer after every step. Shape of both arrays: [step, sample, neuron]. */
export interface OutputTrace {
  readonly stepCount: number;
  readonly sampleCount: number;
  readonly neuronCount: number;
  readonly spikes: Float32Array;
  readonly potentials: Float32Array;
}

/** A gradient by the trace; an absent part is 0. */
export interface TraceGradient {
  readonly spikes?: Float32Array;
  readonly potentials?: Float32Array;
}

/** One way to read the output layer. Arrays of outputs have shape [sample, neuron]. */
export interface ReadoutDefinition {
  readonly summary: string;
  readonly outputsOf: (trace: OutputTrace) => Float32Array;
  readonly gradientOf: (trace: OutputTrace, gradient: Float32Array) => TraceGradient;
}

/** Every readout by name. */
export const readouts: { readonly [Kind in Readout["kind"]]: ReadoutDefinition } = {
  count: {
    summary: "spikes over all steps",
    outputsOf: ({ spikes, ...trace }) => sumOf(trace, spikes, 1),
    gradientOf: (trace, gradient) => ({ spikes: spread(trace, gradient, 1) }),
  },
  membrane: {
    summary: "potential after the last step",
    outputsOf: (trace) => trace.potentials.slice(-sizeOf(trace)),
    gradientOf: (trace, gradient) => ({ potentials: routed(trace, gradient, () => trace.stepCount - 1) }),
  },
  membraneMax: {
    summary: "largest potential of any step",
    outputsOf: (trace) => perOutput(trace, (i) => trace.potentials[highestStep(trace, i) * sizeOf(trace) + i] ?? 0),
    gradientOf: (trace, gradient) => ({ potentials: routed(trace, gradient, (i) => highestStep(trace, i)) }),
  },
  membraneMean: {
    summary: "mean potential over all steps",
    outputsOf: (trace) => sumOf(trace, trace.potentials, 1 / trace.stepCount),
    gradientOf: (trace, gradient) => ({ potentials: spread(trace, gradient, 1 / trace.stepCount) }),
  },
  firstSpike: {
    summary:
      "who fires first: T − t, at least 1, of equal ones the highest potential; who never fires, by the last potential, below 0",
    outputsOf: (trace) => {
      const { stepCount } = trace;
      const last = (stepCount - 1) * sizeOf(trace);
      return perOutput(trace, (i) => {
        const first = firstSpikeStep(trace, i);
        if (first === undefined) return -sigmoid(-(trace.potentials[last + i] ?? 0));
        return stepCount - first + tieShare * sigmoid(trace.potentials[first * sizeOf(trace) + i] ?? 0);
      });
    },
    // A neuron that fires is pulled at its first spike, as if the output were the largest of s(t) · (T − t).
    gradientOf: (trace, gradient) => {
      const size = sizeOf(trace);
      const spikes = new Float32Array(trace.spikes.length);
      const potentials = new Float32Array(trace.potentials.length);
      const last = (trace.stepCount - 1) * size;
      gradient.forEach((g, i) => {
        const first = firstSpikeStep(trace, i);
        const silent = sigmoid(-(trace.potentials[last + i] ?? 0));
        if (first === undefined) {
          potentials[last + i] = g * silent * (1 - silent);
          return;
        }
        const share = sigmoid(trace.potentials[first * size + i] ?? 0);
        spikes[first * size + i] = g * (trace.stepCount - first);
        potentials[first * size + i] = g * tieShare * share * (1 - share);
      });
      return { spikes, potentials };
    },
  },
};

/** Votes of a population: sums over neighboring neurons. Shape [sample, neuron] to [sample, class]. */
export function sumVotes(outputs: Float32Array, neuronsPerClass: number): Float32Array {
  const votes = new Float32Array(outputs.length / neuronsPerClass);
  outputs.forEach((value, i) => {
    const voted = Math.floor(i / neuronsPerClass);
    votes[voted] = (votes[voted] ?? 0) + value;
  });
  return votes;
}

/** The gradient by every neuron, from the gradient by the votes. */
export function spreadVotes(gradient: Float32Array, neuronsPerClass: number): Float32Array {
  return Float32Array.from(
    { length: gradient.length * neuronsPerClass },
    (_, i) => gradient[Math.floor(i / neuronsPerClass)] ?? 0,
  );
}

// ---------------------------------------------------------------------------------------------------------------------

/**
 * What the potential after the step of the first spike adds, between 0 and this: it decides between neurons that fire in the same
 * step, and never between steps, also where up to a thousand neurons vote together.
 * @source SpykeTorch: "class of the earliest spike (tie: highest potential)"
 */
const tieShare = 2 ** -10;

type Shape = Pick<OutputTrace, "stepCount" | "sampleCount" | "neuronCount">;

function sizeOf({ sampleCount, neuronCount }: Shape): number {
  return sampleCount * neuronCount;
}

function perOutput(shape: Shape, valueOf: (index: number) => number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => valueOf(i));
}

function sumOf(shape: Shape, values: Float32Array, factor: number): Float32Array {
  const size = sizeOf(shape);
  return perOutput(shape, (i) => {
    let sum = 0;
    for (let step = 0; step < shape.stepCount; step++) sum += values[step * size + i] ?? 0;
    return sum * factor;
  });
}

/** The same gradient at every step. */
function spread(shape: Shape, gradient: Float32Array, factor: number): Float32Array {
  const size = sizeOf(shape);
  return Float32Array.from({ length: shape.stepCount * size }, (_, i) => (gradient[i % size] ?? 0) * factor);
}

/** All of the gradient at one step of each output. */
function routed(shape: Shape, gradient: Float32Array, stepOf: (index: number) => number): Float32Array {
  const size = sizeOf(shape);
  const values = new Float32Array(shape.stepCount * size);
  gradient.forEach((g, i) => (values[stepOf(i) * size + i] = g));
  return values;
}

/** The first step with the highest potential. */
function highestStep(trace: OutputTrace, index: number): number {
  const size = sizeOf(trace);
  let best = 0;
  for (let step = 1; step < trace.stepCount; step++) {
    if ((trace.potentials[step * size + index] ?? 0) > (trace.potentials[best * size + index] ?? 0)) best = step;
  }
  return best;
}

function firstSpikeStep(trace: OutputTrace, index: number): number | undefined {
  const size = sizeOf(trace);
  for (let step = 0; step < trace.stepCount; step++) if ((trace.spikes[step * size + index] ?? 0) !== 0) return step;
  return undefined;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
