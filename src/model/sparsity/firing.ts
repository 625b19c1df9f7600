import type { SpikeTrain } from "../tensor/index.ts";

/** How the neurons of a layer fire over a data set. */
export interface FiringPattern {
  /** Spikes per step, mean over samples. Shape [neuron]. */
  readonly neuronRates: Float64Array;
  /** 1 − spikes / (steps · neurons) of each sample. Shape [sample]. */
  readonly sampleSparsity: Float64Array;
  /** Spikes of each sample. Shape [sample]. */
  readonly sampleSpikes: Float64Array;
  /** Share of neurons that stay silent, by sample. Shape [sample]. */
  readonly silentShares: Float64Array;
  /** Neurons that never fire on the data. */
  readonly deadNeurons: number;
  /** Neurons that fire in at least this share of all steps. */
  readonly saturatedNeurons: number;
  /**
   * (σ − μ) / (σ + μ) over the steps between spikes of a neuron in a sample: −1 is a clock, 0 random, toward 1 bursts; undefined
   * when no neuron fires twice in a sample.
   * @source K.-I. Goh, A.-L. Barabási, Burstiness and memory in complex systems, EPL 2008, eq. 1
   */
  readonly burstiness: number | undefined;
}

/** A neuron that fires in a larger share of the steps tells nothing by firing. */
const saturatedRate = 0.95;

/** Go through all spikes once, and measure. */
export function measureFiring(spikes: SpikeTrain): FiringPattern {
  const { stepCount, sampleCount, neuronCount } = spikes;
  const totals = new Float64Array(neuronCount);
  const sampleSpikes = new Float64Array(sampleCount);
  const silentShares = new Float64Array(sampleCount);
  const gaps = new Moments();
  const last = new Int32Array(neuronCount);
  for (let sample = 0; sample < sampleCount; sample++) {
    last.fill(-1);
    for (let step = 0; step < stepCount; step++) {
      forEachFiring(spikes, step, sample, (n) => {
        totals[n] = (totals[n] ?? 0) + 1;
        sampleSpikes[sample] = (sampleSpikes[sample] ?? 0) + 1;
        const before = last[n] ?? -1;
        if (before >= 0) gaps.add(step - before);
        last[n] = step;
      });
    }
    silentShares[sample] = last.reduce((count, at) => count + (at < 0 ? 1 : 0), 0) / Math.max(1, neuronCount);
  }
  const chances = Math.max(1, stepCount * sampleCount);
  return {
    neuronRates: totals.map((total) => total / chances),
    sampleSparsity: sampleSpikes.map((count) => 1 - count / Math.max(1, stepCount * neuronCount)),
    sampleSpikes,
    silentShares,
    deadNeurons: totals.filter((total) => total === 0).length,
    saturatedNeurons: totals.filter((total) => total >= saturatedRate * chances).length,
    burstiness: gaps.burstiness(),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

class Moments {
  #count = 0;
  #sum = 0;
  #squares = 0;

  add(value: number): void {
    this.#count++;
    this.#sum += value;
    this.#squares += value * value;
  }

  burstiness(): number | undefined {
    if (this.#count === 0) return undefined;
    const mean = this.#sum / this.#count;
    const deviation = Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean));
    return (deviation - mean) / (deviation + mean);
  }
}

/** Visit the neurons that fire in a row, without a list. */
function forEachFiring(train: SpikeTrain, step: number, sample: number, visit: (neuron: number) => void): void {
  const start = (step * train.sampleCount + sample) * train.rowWords;
  for (let w = 0; w < train.rowWords; w++) {
    for (let bits = train.words[start + w] ?? 0; bits !== 0; bits &= bits - 1) {
      visit(w * 32 + 31 - Math.clz32(bits & -bits));
    }
  }
}
