// What happened in an epoch: loss, accuracy, who fired, and whether training is well.

import { assertDefined } from "../../base/index.ts";
import type { Executor, LayerArrays } from "../../compute/index.ts";
import { layerFires, type Network } from "../../model/network/index.ts";
import { checkHealth, gradientHealth, type HealthFinding } from "./health.ts";

/** One epoch in numbers. */
export interface EpochRecord {
  readonly epoch: number;
  readonly loss: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number | undefined;
  /** Spikes per neuron and step, one number per layer. */
  readonly spikeRates: readonly number[];
  /** Neurons that never fired in this epoch, one number per layer. */
  readonly deadNeurons: readonly number[];
  /** Neurons that fired in more than 95 % of the steps, one number per layer. */
  readonly saturatedNeurons: readonly number[];
  /** What keeps the network from learning, with remedies. */
  readonly findings: readonly HealthFinding[];
}

/** What a monitor has counted; plain data for checkpoints. */
export interface MonitorState {
  readonly spikes: readonly Float64Array[];
  readonly loss: number;
  readonly rightCount: number;
  readonly sampleCount: number;
}

/** A neuron that fires in a larger share of the steps counts as saturated. */
const saturatedShare = 0.95;

export class EpochMonitor {
  readonly #network: Network;
  readonly #spikes: readonly Float64Array[];
  #loss = 0;
  #right = 0;
  #samples = 0;
  #gradients: readonly LayerArrays[] | undefined;

  /** @param state  Where an earlier monitor of the same epoch stopped. */
  constructor(network: Network, state?: MonitorState) {
    this.#network = network;
    this.#spikes =
      state?.spikes.map((counts) => counts.slice()) ??
      network.layers.map((layer) => new Float64Array(layer.neuronCount));
    this.#loss = state?.loss ?? 0;
    this.#right = state?.rightCount ?? 0;
    this.#samples = state?.sampleCount ?? 0;
  }

  get state(): MonitorState {
    const spikes = this.#spikes.map((counts) => counts.slice());
    return { spikes, loss: this.#loss, rightCount: this.#right, sampleCount: this.#samples };
  }

  /** Count a batch after its forward pass. */
  batch(executor: Executor, sampleCount: number, result: { readonly loss: number; readonly rightCount: number }): void {
    this.#loss += result.loss * sampleCount;
    this.#right += result.rightCount;
    this.#samples += sampleCount;
    this.#spikes.forEach((totals, layer) => executor.addNeuronSpikes(layer, totals));
  }

  /** The gradients of one batch, to judge the layers by. */
  gradients(gradients: readonly LayerArrays[]): void {
    this.#gradients = gradients;
  }

  get loss(): number {
    return this.#loss / Math.max(1, this.#samples);
  }

  get accuracy(): number {
    return this.#right / Math.max(1, this.#samples);
  }

  /** The epoch so far in one line: loss, accuracy, spike rates and unused neurons by layer. */
  get summary(): string {
    const { rates, dead, saturated } = this.#firing();
    const share = (rate: number): string => `${(100 * rate).toFixed(1)} %`;
    return [
      `loss ${this.loss.toFixed(3)}`,
      `accuracy ${this.accuracy.toFixed(3)}`,
      `spike rates ${rates.map(share).join(", ")}`,
      `dead ${dead.join(", ")}`,
      `saturated ${saturated.join(", ")}`,
    ].join(" · ");
  }

  /** Close the epoch. */
  record(epoch: number): Omit<EpochRecord, "validationAccuracy"> {
    const { rates, dead, saturated, chances } = this.#firing();
    return {
      epoch,
      loss: this.loss,
      trainAccuracy: this.accuracy,
      spikeRates: rates,
      deadNeurons: dead,
      saturatedNeurons: saturated,
      findings: this.#findings(chances),
    };
  }

  #firing(): Readonly<Record<"rates" | "dead" | "saturated", number[]>> & { readonly chances: number } {
    const chances = this.#samples * this.#network.stepCount;
    return {
      chances,
      rates: this.#spikes.map((counts) => counts.reduce((a, b) => a + b, 0) / (chances * counts.length)),
      dead: this.#spikes.map((counts) => counts.filter((count) => count === 0).length),
      saturated: this.#spikes.map((counts) => counts.filter((count) => count > saturatedShare * chances).length),
    };
  }

  #findings(chanceCount: number): readonly HealthFinding[] {
    const layers = this.#network.layers.map((layer, l) => {
      const { weights, bias, recurrentWeights } = this.#gradients?.[l] ?? {};
      const arrays = [weights, bias, recurrentWeights].filter((array) => array !== undefined);
      return {
        name: layer.name,
        spikeCounts: assertDefined(this.#spikes[l], "spikes"),
        isReadout: l === this.#network.layers.length - 1 && !layerFires(layer),
        ...(arrays.length === 0 ? {} : gradientHealth(arrays)),
      };
    });
    return checkHealth({ loss: this.loss, chanceCount, layers });
  }
}
