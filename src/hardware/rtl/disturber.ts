import type { RtlSimulator } from "./simulator.ts";
import type { MemoryFault } from "./verify-options.ts";

/** Changes memory bits of a running simulator at the moments that a list of faults names. */
export class Disturber {
  readonly #simulator: RtlSimulator;
  readonly #faults: readonly MemoryFault[];
  #sample = 0;
  /** Steps that each layer has ended in this sample. */
  readonly #steps: number[];

  constructor(simulator: RtlSimulator, faults: readonly MemoryFault[], layerCount: number) {
    this.#simulator = simulator;
    this.#faults = faults;
    this.#steps = new Array<number>(layerCount).fill(0);
  }

  /** The weights are in their memories. */
  loaded(): void {
    this.#apply(({ when }) => when === "loaded");
  }

  beginSample(sample: number): void {
    this.#sample = sample;
    this.#steps.forEach((_, layer) => this.#beginStep(layer, 0));
  }

  /** A layer has handed over the end of a step: its states are those that the next step will read. */
  endStep(layer: number): void {
    this.#beginStep(layer, (this.#steps[layer] ?? 0) + 1);
  }

  #beginStep(layer: number, step: number): void {
    this.#steps[layer] = step;
    if (this.#faults.length === 0) return;
    const isNow = (at: { readonly sample: number; readonly step: number }): boolean =>
      at.sample === this.#sample && at.step === step;
    this.#apply(({ when }) => when !== "loaded" && when.layer === layer && (when.at === "always" || isNow(when.at)));
  }

  #apply(isDue: (fault: MemoryFault) => boolean): void {
    for (const fault of this.#faults) {
      if (isDue(fault)) this.#simulator.editMemory(fault.instance, fault.word, fault.bit, fault.edit);
    }
  }
}
