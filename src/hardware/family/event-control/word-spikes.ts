import { hasSpike, type SpikeTrain } from "../../../model/tensor/index.ts";

/** How many neurons of a group fire in each step. Shape [group, step]. */
export function wordSpikes(spikes: SpikeTrain, sample: number, lanes: number): number[][] {
  const groups = Math.ceil(spikes.neuronCount / lanes);
  return Array.from({ length: groups }, (_, group) =>
    Array.from({ length: spikes.stepCount }, (_step, step) => {
      let count = 0;
      for (let n = group * lanes; n < Math.min((group + 1) * lanes, spikes.neuronCount); n++) {
        if (hasSpike(spikes, step, sample, n)) count++;
      }
      return count;
    }),
  );
}
