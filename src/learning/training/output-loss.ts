// Between what an executor puts out and what losses read.

import { assertDefined } from "../../base/index.ts";
import type { ForwardResult, OutputGradient } from "../../compute/index.ts";
import { classCount, readoutSources, type Network } from "../../model/network/index.ts";
import { computeLossOfRecords, populationLoss, type LossSpec, type OutputRecord } from "./losses/index.ts";

export interface BatchLoss {
  /** Mean over the batch. */
  readonly loss: number;
  readonly gradient: OutputGradient;
  /** Samples whose largest output is the right one. */
  readonly rightCount: number;
}

/** Whether a loss needs every step of the output; the cross-entropy of what the readout says does not. */
export function readsEveryStep(loss: LossSpec): boolean {
  return loss.kind !== "cross-entropy";
}

/**
 * Loss and gradient of a batch.
 * @param labels  Shape [sample].
 * @throws the problems of the loss
 */
export function batchLoss(
  network: Network,
  loss: LossSpec,
  result: ForwardResult,
  labels: ArrayLike<number>,
): BatchLoss {
  const classes = classCount(network);
  const readout = readoutSources[network.readout.kind];
  const rightCount = countRight(result.outputs, labels, classes);
  if (!readsEveryStep(loss)) {
    const shape = { sampleCount: labels.length, classCount: classes };
    const record: OutputRecord = { ...shape, kind: readout, stepCount: 1, values: result.outputs };
    const found = computeLossOfRecords(loss, { [readout]: record }, labels, readout);
    return { loss: found.loss, rightCount, gradient: { outputs: assertDefined(found.gradients[readout], "gradient") } };
  }
  const { spikes, potentials } = assertDefined(result.perStep, "output of every step");
  const { stepCount } = network;
  const neurons = assertDefined(network.layers.at(-1), "last layer").neuronCount;
  const shape = { sampleCount: labels.length, classCount: neurons };
  const records = {
    spikes: { ...shape, kind: "spikes", stepCount, values: spikes },
    potential: { ...shape, kind: "potential", stepCount, values: potentials },
  } as const;
  const { loss: value, gradients } = computeLossOfRecords(
    populationLoss(loss, network.readout.neuronsPerClass ?? 1),
    records,
    labels,
    readout,
  );
  return {
    loss: value,
    rightCount,
    gradient: {
      ...(gradients.spikes === undefined ? {} : { spikes: gradients.spikes }),
      ...(gradients.potential === undefined ? {} : { potentials: gradients.potential }),
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function countRight(outputs: Float32Array, labels: ArrayLike<number>, classes: number): number {
  let right = 0;
  for (let sample = 0; sample < labels.length; sample++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if ((outputs[sample * classes + c] ?? 0) > (outputs[sample * classes + best] ?? 0)) best = c;
    }
    if (best === labels[sample]) right++;
  }
  return right;
}
