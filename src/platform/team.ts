// A team of threads runs the functions of one WASM module, phase by phase. A phase is cut into chunks; the caller takes them from
// the front and helpers from the back, so that a thread mostly meets the same data again, and the phase ends when all chunks are
// done: a helper that the machine keeps waiting holds up nobody. The control block is plain shared memory.

import { assertDefined } from "../base/index.ts";

/** Calls of an exported function for parts `[from, to)` of its work; each also gets its thread's number and the arguments. */
export interface Phase {
  readonly kernel: number;
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

/** What a helper thread is given. */
export interface TeamStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: readonly string[];
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly thread: number;
}

/** A helper's own instance of the module. */
export async function instantiateKernels({ module, memory, kernels }: TeamStart): Promise<KernelFunction[]> {
  const { exports } = await WebAssembly.instantiate(module, { host: { memory } });
  return kernels.map((name) => assertDefined(exports[name], name) as KernelFunction);
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
// The control block, in 32-bit words. The ticket holds the number of the phase and how many chunks are taken from the front and
// from the back, all in one word, so that taking a chunk of a phase that is over fails.

const word = {
  ticket: 0,
  completed: 1,
  sleepers: 2,
  stop: 3,
  failed: 4,
  kernel: 16,
  units: 17,
  a: 18,
  b: 19,
  chunkCount: 20,
} as const;
/** Words of a control block. */
export const controlWords = 32;
const countBits = 6;
const countMask = 2 ** countBits - 1;
/** Both counts at their highest: there is nothing to take. */
const closed = 2 ** (2 * countBits) - 1;
/** More chunks share the work better, fewer cost less. */
const chunksOfThread = 6;
/** Looks at a shared word before the caller goes to sleep: some tens of microseconds. */
const patience = 20_000;
/** The same for helpers, who must outlast what the caller does alone between two phases: waking one up costs it as much as a phase. */
const helperPatience = 200_000;

/** What a helper does until it is told to stop. */
export function serveTeam(control: Int32Array, kernels: readonly KernelFunction[], thread: number): void {
  while (Atomics.load(control, word.stop) === 0) {
    const ticket = Atomics.load(control, word.ticket);
    if (takeChunk(control, kernels, thread, ticket) === "none") awaitTicket(control, ticket);
  }
}

/**
 * Run phases in order with the caller's help.
 * @param mayBlock  The caller may sleep; a browser's main thread may not.
 */
export function leadTeam(
  control: Int32Array,
  kernels: readonly KernelFunction[],
  threadCount: number,
  phases: readonly Phase[],
  mayBlock = true,
): void {
  for (const phase of phases) {
    const chunkCount = Math.min(phase.units, threadCount * chunksOfThread, countMask - 1);
    if (chunkCount <= 1) {
      if (phase.units > 0) assertDefined(kernels[phase.kernel], "kernel")(0, phase.units, 0, phase.a, phase.b);
      continue;
    }
    openPhase(control, phase, chunkCount);
    while (takeChunk(control, kernels, 0, Atomics.load(control, word.ticket)) !== "none") continue;
    awaitCompletion(control, chunkCount, mayBlock);
    if (teamFailed(control)) return;
  }
}

/** Whether a helper broke down. */
export function teamFailed(control: Int32Array): boolean {
  return Atomics.load(control, word.failed) === 1;
}

export function stopTeam(control: Int32Array): void {
  Atomics.store(control, word.stop, 1);
  publish(control, closed);
}

/** Nobody may take a chunk while the words that describe it change. */
function openPhase(control: Int32Array, { kernel, units, a, b }: Phase, chunkCount: number): void {
  Atomics.or(control, word.ticket, closed);
  Atomics.store(control, word.completed, 0);
  control.set([kernel, units, a, b, chunkCount], word.kernel);
  publish(control, 0);
}

/** A new phase number, with its counts. */
function publish(control: Int32Array, counts: number): void {
  const phase = (Atomics.load(control, word.ticket) >>> (2 * countBits)) + 1;
  Atomics.store(control, word.ticket, (phase << (2 * countBits)) | counts);
  if (Atomics.load(control, word.sleepers) > 0) Atomics.notify(control, word.ticket);
}

/** Takes a chunk of the phase that a ticket names, if it still may, and runs it. "lost": another thread was faster. */
function takeChunk(
  control: Int32Array,
  kernels: readonly KernelFunction[],
  thread: number,
  ticket: number,
): "none" | "lost" | "done" {
  const front = (ticket >>> countBits) & countMask;
  const back = ticket & countMask;
  const read = (index: number): number => control[index] ?? 0;
  const [units, chunkCount] = [read(word.units), read(word.chunkCount)];
  const [kernel, a, b] = [read(word.kernel), read(word.a), read(word.b)];
  if (front + back >= chunkCount) return "none";
  const [chunk, taken] = thread === 0 ? [front, 1 << countBits] : [chunkCount - 1 - back, 1];
  if (Atomics.compareExchange(control, word.ticket, ticket, ticket + taken) !== ticket) return "lost";
  const from = Math.floor((units * chunk) / chunkCount);
  const to = Math.floor((units * (chunk + 1)) / chunkCount);
  try {
    assertDefined(kernels[kernel], "kernel")(from, to, thread, a, b);
  } catch (error) {
    Atomics.store(control, word.failed, 1);
    throw error;
  } finally {
    if (Atomics.add(control, word.completed, 1) === chunkCount - 1) Atomics.notify(control, word.completed);
  }
  return "done";
}

/** Look often, then sleep, until the ticket is another one. */
function awaitTicket(control: Int32Array, ticket: number): void {
  for (let look = 0; look < helperPatience; look++) if (Atomics.load(control, word.ticket) !== ticket) return;
  Atomics.add(control, word.sleepers, 1);
  Atomics.wait(control, word.ticket, ticket, 1000);
  Atomics.sub(control, word.sleepers, 1);
}

function awaitCompletion(control: Int32Array, chunkCount: number, mayBlock: boolean): void {
  for (let look = 0; ; look++) {
    const completed = Atomics.load(control, word.completed);
    if (completed === chunkCount || teamFailed(control)) return;
    if (look > patience && mayBlock) Atomics.wait(control, word.completed, completed, 1000);
  }
}
