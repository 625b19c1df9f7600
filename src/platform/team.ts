// A team of threads runs the functions of one WASM module, phase by phase: every thread takes its share of a phase, then all meet
// at a barrier. The control block is plain shared memory, so that starting a phase costs a few loads and stores.

import { assertDefined } from "../base/index.ts";

/** One call of an exported function, split between threads: each gets `[from, to)` of it, its own number, and the arguments. */
export interface Phase {
  readonly kernel: number;
  /** Units of work; thread i of n gets units ⌊units · i / n⌋ to ⌊units · (i + 1) / n⌋. */
  readonly units: number;
  readonly a: number;
  readonly b: number;
}

export type KernelFunction = (from: number, to: number, thread: number, a: number, b: number) => void;

/** The caller and its helpers. */
export interface ThreadTeam extends Disposable {
  readonly threadCount: number;
  /** Run phases in order; returns when the last is done. @throws `team/failed` when a thread broke down */
  run(phases: readonly Phase[]): void;
}

/** Starts teams; a platform without shared memory offers none. */
export interface Threads {
  /** Cores that this process may use. */
  readonly coreCount: number;
  /**
   * Ask the engine to join neighboring 128-bit vectors in modules compiled from now on: "now" without a first, slower version of
   * the code, so that it can be checked.
   * @returns Whether it was understood.
   */
  joinVectors(how: "off" | "on" | "now"): boolean;
  /** Helpers for the calling thread; resolves when all are ready. */
  start(options: {
    readonly module: WebAssembly.Module;
    readonly memory: WebAssembly.Memory;
    /** Exported functions by number. */
    readonly kernels: readonly string[];
    readonly threadCount: number;
    /** The caller's own instance. */
    readonly own: readonly KernelFunction[];
  }): Promise<ThreadTeam>;
}

/** A team of one: the caller. */
export function soloTeam(own: readonly KernelFunction[]): ThreadTeam {
  return {
    threadCount: 1,
    run: (phases) => {
      for (const { kernel, units, a, b } of phases) assertDefined(own[kernel], "kernel")(0, units, 0, a, b);
    },
    [Symbol.dispose]: () => {
      // Nothing was started.
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// The control block, in 32-bit words.

const word = { program: 0, phaseCount: 1, arrived: 2, barrier: 3, stop: 4, failed: 5, phases: 16 } as const;
const phaseWords = 4;
export const maxPhases = 4096;
/** Words of a control block. */
export const controlWords: number = word.phases + phaseWords * maxPhases;
/** Looks at a shared word before a thread goes to sleep: some tens of microseconds. */
const patience = 20_000;

/** What a helper does until it is told to stop. */
export function serveTeam(
  control: Int32Array,
  kernels: readonly KernelFunction[],
  thread: number,
  threadCount: number,
): void {
  let program = 0;
  for (;;) {
    waitWhile(control, word.program, program);
    program = Atomics.load(control, word.program);
    if (Atomics.load(control, word.stop) === 1) return;
    try {
      runPhases(control, kernels, thread, threadCount);
    } catch (error) {
      Atomics.store(control, word.failed, 1);
      release(control);
      throw error;
    }
  }
}

/** Write a program, start it, and do the caller's share. */
export function leadTeam(
  control: Int32Array,
  kernels: readonly KernelFunction[],
  threadCount: number,
  phases: readonly Phase[],
): void {
  for (let start = 0; start < phases.length; start += maxPhases) {
    const part = phases.slice(start, start + maxPhases);
    part.forEach(({ kernel, units, a, b }, i) => control.set([kernel, units, a, b], word.phases + i * phaseWords));
    control[word.phaseCount] = part.length;
    Atomics.add(control, word.program, 1);
    Atomics.notify(control, word.program);
    runPhases(control, kernels, 0, threadCount);
  }
}

/** Whether a helper broke down. */
export function teamFailed(control: Int32Array): boolean {
  return Atomics.load(control, word.failed) === 1;
}

export function stopTeam(control: Int32Array): void {
  Atomics.store(control, word.stop, 1);
  Atomics.add(control, word.program, 1);
  Atomics.notify(control, word.program);
}

function runPhases(control: Int32Array, kernels: readonly KernelFunction[], thread: number, threadCount: number): void {
  const phaseCount = control[word.phaseCount] ?? 0;
  for (let phase = 0; phase < phaseCount; phase++) {
    const at = word.phases + phase * phaseWords;
    const units = control[at + 1] ?? 0;
    const from = Math.floor((units * thread) / threadCount);
    const to = Math.floor((units * (thread + 1)) / threadCount);
    if (from < to) {
      assertDefined(kernels[control[at] ?? 0], "kernel")(from, to, thread, control[at + 2] ?? 0, control[at + 3] ?? 0);
    }
    meet(control, threadCount);
    if (teamFailed(control)) return;
  }
}

/** The last to arrive opens the barrier for all. */
function meet(control: Int32Array, threadCount: number): void {
  const barrier = Atomics.load(control, word.barrier);
  if (Atomics.add(control, word.arrived, 1) === threadCount - 1) {
    Atomics.store(control, word.arrived, 0);
    release(control);
  } else waitWhile(control, word.barrier, barrier);
}

function release(control: Int32Array): void {
  Atomics.add(control, word.barrier, 1);
  Atomics.notify(control, word.barrier);
}

/** Look often, then sleep, until the word is no longer `value`. */
function waitWhile(control: Int32Array, index: number, value: number): void {
  for (let look = 0; look < patience; look++) if (Atomics.load(control, index) !== value) return;
  while (Atomics.load(control, index) === value) Atomics.wait(control, index, value, 1000);
}
