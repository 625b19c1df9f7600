// The meaning of "correct": exact integers, one step at a time, all layers within the same step, spikes of a layer entering
// the next one in that step, those of a recurrent layer entering it again in the next step.

import { assertDefined, UserError, type ProgressListener } from "../../base/index.ts";
import { decideClasses } from "../../model/encoding/index.ts";
import { firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import type { EventTrace } from "./event-trace.ts";
import { layerFaults, type Fault, type LayerFaults } from "./faults.ts";
import type { IntegerNetwork } from "./integer-network.ts";
import { LayerState } from "./layer-state.ts";
import { uniteFiring } from "./pooling.ts";

/**
 * Run the golden model on every sample from zero state.
 *
 * @param input  Spikes into the first layer, shape [step, sample, input].
 * @throws `golden/input-shape` when the input does not fit the network
 * @throws `golden/outside-format` when a value leaves its format
 */
export function runGolden(network: IntegerNetwork, input: SpikeTrain, onProgress?: ProgressListener): EventTrace {
  return runSamples(network, input, { onProgress });
}

/**
 * Run the golden model, and skip every step of a layer that would change nothing. The trace is that of `runGolden`, bit for bit.
 * @returns  Beside the trace, 1 for every step that was skipped. Shape [layer][sample, step].
 */
export function runGoldenSkipping(
  network: IntegerNetwork,
  input: SpikeTrain,
): { readonly trace: EventTrace; readonly skipped: readonly Uint8Array[] } {
  const skipped = network.layers.map(() => new Uint8Array(input.sampleCount * input.stepCount));
  return { trace: runSamples(network, input, { skipped }), skipped };
}

/**
 * The golden model of damaged hardware: what leaves its format wraps, as it does in the design.
 * @param options  `saturates`: sums stop at the ends of their format, as in a design with that protection.
 * @throws `golden/input-shape`; `faults/outside` when a fault names something that does not exist
 */
export function runFaulty(
  network: IntegerNetwork,
  input: SpikeTrain,
  faults: readonly Fault[],
  { saturates = false }: { readonly saturates?: boolean } = {},
): EventTrace {
  return runSamples(network, input, { faults: layerFaults(network, faults, saturates) });
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

/** @param options.skipped  Written; steps that change nothing are skipped only when it is given. Shape [layer][sample, step]. */
function runSamples(
  network: IntegerNetwork,
  input: SpikeTrain,
  options: {
    readonly faults?: readonly LayerFaults[];
    readonly skipped?: readonly Uint8Array[];
    readonly onProgress?: ProgressListener | undefined;
  },
): EventTrace {
  checkGoldenInput(network, input);
  const { stepCount, sampleCount } = input;
  const { inputUnion } = network;
  const { onProgress, skipped, faults } = options;
  const layers = network.layers.map((layer, l) => new LayerState(layer, stepCount, sampleCount, faults?.[l]));
  for (let sample = 0; sample < sampleCount; sample++) {
    for (const layer of layers) layer.clear();
    for (let step = 0; step < stepCount; step++) {
      let firing: readonly number[] = firingNeurons(input, step, sample);
      if (inputUnion !== undefined) firing = uniteFiring(firing, inputUnion);
      layers.forEach((layer, l) => {
        const marks = layer.rests(firing) ? skipped?.[l] : undefined;
        if (marks === undefined) firing = layer.step(firing, step, sample);
        else marks[sample * stepCount + step] = 1;
      });
    }
    if (sample % 64 === 63)
      onProgress?.({ label: "golden model", done: sample + 1, total: sampleCount, unit: "samples" });
  }
  return decide(
    input,
    layers.map(({ spikes }) => spikes),
  );
}
