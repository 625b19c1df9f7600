import { assertDefined, randomStream } from "../../base/index.ts";
import { arriving } from "../golden/index.ts";
import { EventChecker, type Mismatch } from "./checker.ts";
import type { Observation, RtlDesign } from "./design.ts";
import { Disturber } from "./disturber.ts";
import { runExternal } from "./external.ts";
import { compileSimulator, type RtlSimulator } from "./simulator.ts";
import { sampleWords } from "./stimuli.ts";
import type { VerifyOptions } from "./verify-options.ts";

/** What was verified, how far, and what differed. "Passed" never stands without its scope. */
export interface VerificationReport {
  readonly passed: boolean;
  readonly simulator: string;
  readonly scope: {
    readonly samples: number;
    readonly steps: number;
    readonly layers: number;
    readonly neurons: number;
    /** Whether cycle counts were compared, too. */
    readonly cyclesCompared: boolean;
  };
  readonly spikesCompared: number;
  readonly stepEndsCompared: number;
  readonly cyclesSimulated: number;
  readonly seconds: number;
  readonly mismatch?: Mismatch;
}

/**
 * Run the emitted SystemVerilog on every sample of the trace and compare every spike of every layer and step, every step's end
 * cycle, every count, decision and sample's cycles. Stops at the first mismatch.
 */
export async function verifyDesign(options: VerifyOptions): Promise<VerificationReport> {
  const { platform, network, trace, backPressureSeed } = options;
  const started = platform.clock.monotonic();
  const comparesCycles = backPressureSeed === undefined && options.faults === undefined;
  const checker = new EventChecker(network, trace, comparesCycles ? options.cycles : undefined);
  const run =
    options.simulator === undefined || options.simulator === "embedded"
      ? await runEmbedded(options, checker)
      : await runExternal({ ...options, simulator: options.simulator }, checker);
  return {
    passed: checker.mismatch === undefined,
    simulator: run.simulator,
    scope: {
      samples: trace.sampleCount,
      steps: trace.stepCount,
      layers: network.layers.length,
      neurons: network.layers.reduce((sum, layer) => sum + layer.neuronCount, 0),
      cyclesCompared: comparesCycles,
    },
    spikesCompared: checker.spikesCompared,
    stepEndsCompared: checker.stepsCompared,
    cyclesSimulated: run.cycles,
    seconds: (platform.clock.monotonic() - started) / 1000,
    ...(checker.mismatch === undefined ? {} : { mismatch: checker.mismatch }),
  };
}

/** Cycles after which a sample without a decision counts as stuck. */
export function patienceOf(expected: number | undefined): number {
  return 20 * (expected ?? 10_000) + 10_000;
}

// ---------------------------------------------------------------------------------------------------------------------

async function runEmbedded(
  options: VerifyOptions,
  checker: EventChecker,
): Promise<{ readonly simulator: string; readonly cycles: number }> {
  const { platform, design, trace, signal, onProgress, powerUpSeed } = options;
  const simulator = options.compiled ?? (await compileSimulator(platform, design.files, design.core, signal));
  simulator.reset(powerUpSeed === undefined ? undefined : randomStream(powerUpSeed, "power up").uint32);
  const bench = new Bench(simulator, design, options);
  bench.start(design.loadWords);
  const input = arriving(options.network, trace, 0);
  for (let sample = 0; sample < trace.sampleCount && checker.mismatch === undefined; sample++) {
    checker.begin(sample);
    bench.runSample(sample, sampleWords(input, sample), checker, patienceOf(options.cycles.sampleCycles[sample]));
    if (sample % 8 === 7 || sample === trace.sampleCount - 1) {
      onProgress?.({ label: "verify", done: sample + 1, total: trace.sampleCount, unit: "samples" });
      signal?.throwIfAborted();
      // Let signals and timers in.
      await Promise.resolve();
    }
  }
  return { simulator: `embedded cycle simulator (netlist by ${simulator.version})`, cycles: bench.cycles };
}

/** Drives the ports of an `RtlDesign` and tells the checker what it sees. */
class Bench {
  cycles = 0;
  readonly #simulator: RtlSimulator;
  readonly #layerCount: number;
  readonly #observation: Observation | undefined;
  readonly #disturber: Disturber;
  readonly #pauses: (() => boolean) | undefined;
  readonly #in: { readonly reset: number; readonly valid: number; readonly data: number; readonly ready: number };
  readonly #out: Readonly<
    Record<"ready" | "valid" | "data" | "observeValid" | "observeEnd" | "observeAddress", number>
  >;

  constructor(
    simulator: RtlSimulator,
    design: RtlDesign,
    { backPressureSeed, faults = [] }: Pick<VerifyOptions, "backPressureSeed" | "faults">,
  ) {
    this.#simulator = simulator;
    this.#disturber = new Disturber(simulator, faults, design.layerCount);
    this.#layerCount = design.layerCount;
    this.#observation = design.observation;
    const random = backPressureSeed === undefined ? undefined : randomStream(backPressureSeed, "back-pressure");
    this.#pauses = random === undefined ? undefined : () => random.uniform() < 0.4;
    const input = (name: string): number => simulator.inputIndex(name);
    const output = (name: string): number => simulator.outputIndex(name);
    this.#in = {
      reset: input("rst_ni"),
      valid: input("host_valid_i"),
      data: input("host_data_i"),
      ready: input("result_ready_i"),
    };
    this.#out = {
      ready: output("host_ready_o"),
      valid: output("result_valid_o"),
      data: output("result_data_o"),
      observeValid: output("observe_valid_o"),
      observeEnd: output("observe_end_o"),
      observeAddress: output("observe_address_o"),
    };
  }

  /** Reset, then load the memories that the bitstream cannot fill. */
  start(loadWords: Uint16Array): void {
    const { inputs } = this.#simulator;
    inputs[this.#in.reset] = 0;
    this.#clock();
    this.#clock();
    this.#simulator.loadMemories();
    inputs[this.#in.reset] = 1;
    inputs[this.#in.ready] = 1;
    inputs[this.#in.valid] = 1;
    for (let i = 0; i < loadWords.length;) {
      inputs[this.#in.data] = loadWords[i] ?? 0;
      this.#clock();
      if (this.#simulator.outputs[this.#out.ready] === 1) i++;
    }
    inputs[this.#in.valid] = 0;
    this.#disturber.loaded();
  }

  /** Send one sample and wait for its decision. Hot: one turn per clock cycle. */
  runSample(sample: number, words: Uint16Array, checker: EventChecker, patience: number): void {
    const { inputs, outputs } = this.#simulator;
    this.#disturber.beginSample(sample);
    let sent = 0;
    let first = -1;
    for (let cycle = 0; cycle < patience; cycle++) {
      const pauseHost = this.#pauses?.() === true;
      const pauseResult = this.#pauses?.() === true;
      const offers = sent < words.length && !pauseHost;
      inputs[this.#in.valid] = offers ? 1 : 0;
      inputs[this.#in.data] = words[sent] ?? 0;
      inputs[this.#in.ready] = pauseResult ? 0 : 1;
      this.#clock();
      if (offers && outputs[this.#out.ready] === 1) {
        if (first < 0) first = cycle;
        sent++;
      }
      const valid = outputs[this.#out.observeValid] ?? 0;
      if (valid !== 0) this.#observe(checker, cycle - first, valid);
      if (!pauseResult && outputs[this.#out.valid] === 1) {
        if (checker.result(cycle - first, outputs[this.#out.data] ?? 0)) return;
      }
    }
    checker.timeout(patience);
  }

  #observe(checker: EventChecker, cycle: number, valid: number): void {
    const { outputs } = this.#simulator;
    const ends = outputs[this.#out.observeEnd] ?? 0;
    for (let layer = 0; layer < this.#layerCount; layer++) {
      if (((valid >>> layer) & 1) === 0) continue;
      const isEnd = ((ends >>> layer) & 1) === 1;
      const address = this.#field(this.#out.observeAddress, layer);
      if (this.#observation === undefined) checker.event(layer, cycle, isEnd, address);
      else this.#observeLanes(checker, { layer, cycle, isEnd, address }, this.#observation);
      if (isEnd) this.#disturber.endStep(layer);
    }
  }

  #observeLanes(
    checker: EventChecker,
    seen: { readonly layer: number; readonly cycle: number; readonly isEnd: boolean; readonly address: number },
    { lanes }: Observation,
  ): void {
    const { layer, cycle, isEnd, address } = seen;
    const { outputs } = this.#simulator;
    const step = this.#field(this.#simulator.outputIndex("observe_step_o"), layer);
    const mask = this.#simulator.outputIndex("observe_mask_o");
    const start = lanes.slice(0, layer).reduce((sum, count) => sum + count, 0);
    for (let lane = 0; lane < (lanes[layer] ?? 0); lane++) {
      const bit = start + lane;
      const word = outputs[mask + (bit >>> 5)] ?? 0;
      if (((word >>> (bit & 31)) & 1) === 1) checker.event(layer, cycle, false, address + lane, step);
    }
    if (isEnd) checker.event(layer, cycle, true, 0, step);
  }

  /** 16 bits of a port that is packed by layers. */
  #field(port: number, layer: number): number {
    const word = assertDefined(this.#simulator.outputs[port + (layer >>> 1)], "observed field");
    return (word >>> (16 * (layer & 1))) & 0xffff;
  }

  #clock(): void {
    this.#simulator.cycle();
    this.cycles++;
  }
}
