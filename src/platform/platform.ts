import type { DataGroup } from "../base/index.ts";
import type { Threads } from "./team.ts";

/** The one door outside. Neutral code gets it passed in; `node/` is its one side, `browser/` has the part that computing needs. */
export interface Platform {
  readonly files: Files;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly workers: Workers;
  readonly threads: Threads;
  readonly tools: Tools;
  readonly hdf5: Hdf5;
  readonly machine: Machine;
}

export interface Files {
  /** @throws `file/missing`, `file/unreadable`, `file/too-large` */
  read(path: string, options?: { readonly maxBytes?: number }): Promise<Uint8Array>;
  readText(path: string, options?: { readonly maxBytes?: number }): Promise<string>;
  /**
   * Replace a file as one act: whoever reads sees the old or the new content, also after a crash.
   * @throws `file/disk-full`, `file/not-writable`; nothing half-written remains
   */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** Append whole lines and make them durable before returning. */
  append(path: string, text: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Names in a folder, sorted; an empty list when it is missing. */
  list(path: string): Promise<readonly string[]>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /**
   * Hold a lock file until disposed. A lock whose process is gone is taken over.
   * @throws `run/busy` naming the holder
   */
  lock(path: string): Promise<AsyncDisposable>;
}

export interface Clock {
  /** Milliseconds since an arbitrary start, never going back. */
  monotonic(): number;
  /** ISO 8601, UTC. */
  now(): string;
}

export interface ProcessResult {
  readonly status: number;
  /** Standard output and error, in order of arrival, cut at 200 MB. */
  readonly output: string;
}

export interface Processes {
  /**
   * Run a program with an argument list (never a shell).
   * @throws `tool/missing` when it cannot be started; `tool/timeout`
   */
  run(
    command: string,
    args: readonly string[],
    options: { readonly folder: string; readonly timeoutSeconds: number; readonly signal?: AbortSignal },
  ): Promise<ProcessResult>;
  /** The full path of a program, or undefined when it is not installed. */
  find(command: string): Promise<string | undefined>;
}

/** A worker thread that answers requests one at a time. */
export interface WorkerHandle extends AsyncDisposable {
  /** Send a request and wait for its answer. A worker that dies rejects with `worker/died`. */
  request<Answer>(message: unknown, transfer?: readonly ArrayBuffer[]): Promise<Answer>;
}

export interface Workers {
  /**
   * Start the module at `url` in a worker thread. The module calls `serveWorker` from `platform/node/worker.ts` once with its
   * request handler.
   *
   * @param options.heapMegabytes  Most memory for its JavaScript values; a worker that needs more dies alone, and is silent.
   */
  start(url: URL, options?: { readonly heapMegabytes?: number }): WorkerHandle;
  /**
   * Start a worker that answers with what a module makes of a request. The module knows nothing of workers: it exports
   * `handle(message)`.
   */
  serve(url: URL): WorkerHandle;
}

export interface Machine {
  readonly cpuCount: number;
  readonly memoryBytes: number;
  /** "linux x64, Node 26.10.0". */
  readonly description: string;
}

/** A file that a tool reads or writes. */
export type ToolFiles = Readonly<Record<string, string | Uint8Array>>;

export interface ToolResult {
  readonly status: number;
  readonly files: ToolFiles;
  /** What the tool printed. */
  readonly log: string;
  /** Name and version, for reports. */
  readonly version: string;
}

/** The electronic design tools that come by npm. They run in a worker, which stays warm. */
export interface Tools {
  /**
   * Run a tool on files in memory.
   * @throws `tool/missing` when its optional package is not installed
   */
  run(
    tool: "yosys" | "nextpnr-ice40" | "icepack",
    args: readonly string[],
    files: ToolFiles,
    signal?: AbortSignal,
  ): Promise<ToolResult>;
}

/** Reads and writes HDF5 where it may be lost: files come from strangers. */
export interface Hdf5 {
  /**
   * Everything in a file, within budgets of size, time and memory that are checked before memory is taken. Links to elsewhere,
   * filters other than gzip and shuffle, and types other than numbers and texts are refused by name.
   *
   * @param where  How messages call the file.
   * @throws `hdf5/wrong-magic`, `hdf5/damaged`, `hdf5/too-large`, `hdf5/too-deep`, `hdf5/filter`, `hdf5/link`, `hdf5/type`,
   *   `hdf5/name`, `hdf5/timeout`, `hdf5/memory`
   */
  read(bytes: Uint8Array, where: string): Promise<DataGroup>;
  /** A file of a tree; arrays are compressed with gzip, scalars and texts are not. */
  write(tree: DataGroup): Promise<Uint8Array>;
}
