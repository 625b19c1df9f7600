import { firingNeurons, type SpikeTrain } from "../../model/tensor/index.ts";
import { endWord, spikeWord } from "./host-word.ts";

/** The host words of one sample: its spikes in ascending order, step by step. */
export function sampleWords(input: SpikeTrain, sample: number): Uint16Array {
  const words: number[] = [];
  for (let step = 0; step < input.stepCount; step++) {
    for (const address of firingNeurons(input, step, sample)) words.push(spikeWord(address));
    words.push(endWord(step === input.stepCount - 1));
  }
  return Uint16Array.from(words);
}
