import { Worker } from "node:worker_threads";
import { BugError, ToolError, UserError, type ExitReason } from "../../base/index.ts";
import { siblingModule, type WorkerHandle, type Workers } from "../index.ts";

/** An error as it crosses between threads. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  readonly exit?: ExitReason;
  readonly command?: string;
  readonly output?: string;
  readonly stack?: string;
}

/** A worker's answer to request `id`. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };

/** Worker threads of this process. An idle worker does not keep the process alive. */
export const nodeWorkers: Workers = {
  start,
  serve: (url) => start(siblingModule(import.meta.url, "module-worker"), { workerData: url.href }),
};

// ---------------------------------------------------------------------------------------------------------------------

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

function start(
  url: URL,
  options: { readonly heapMegabytes?: number; readonly workerData?: unknown } = {},
): WorkerHandle {
  const { heapMegabytes, workerData } = options;
  const worker = new Worker(url, {
    workerData,
    ...(heapMegabytes === undefined
      ? {}
      : { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes }, stdout: true, stderr: true }),
  });
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let requestCount = 0;
  let ended: Error | undefined;
  const fail = (error: Error): void => {
    ended = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", (answer: Answer) => {
    const request = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ("error" in answer) request?.reject(receiveError(answer.error));
    else request?.resolve(answer.value);
  });
  worker.on("error", (cause) =>
    fail(new ToolError("worker/died", `a worker thread failed: ${String(cause)}`, { command: url.pathname, cause })),
  );
  worker.on("exit", (status) =>
    fail(new ToolError("worker/died", `a worker thread ended with ${status}`, { command: url.pathname, status })),
  );
  return {
    request: (message, transfer = []) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        const id = requestCount++;
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        worker.ref();
        worker.postMessage({ id, message }, [...transfer]);
      }),
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}

function receiveError(sent: SentError): Error {
  const code = sent.code ?? "worker/failed";
  const hint = sent.hint === undefined ? {} : { hint: sent.hint };
  const exit = sent.exit === undefined ? {} : { exit: sent.exit };
  if (sent.name === "UserError") return new UserError(code, sent.message, { ...hint, ...exit });
  if (sent.name === "ToolError") {
    const { command = "", output = "" } = sent;
    return new ToolError(code, sent.message, { command, output, ...hint, ...exit });
  }
  const error = new BugError(sent.message);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}
