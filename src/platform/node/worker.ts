import { parentPort } from "node:worker_threads";
import { assertDefined, BugError, ToolError, UserError } from "../../base/index.ts";
import type { Answer, SentError } from "./workers.ts";

/** Answer requests in this worker thread, one at a time. A worker module calls it once. */
export function serveWorker(handle: (message: unknown) => unknown): void {
  const port = assertDefined(parentPort ?? undefined, "parent port");
  let previous: Promise<void> = Promise.resolve();
  port.on("message", ({ id, message }: { readonly id: number; readonly message: unknown }) => {
    previous = previous.then(async () => {
      let answer: Answer;
      try {
        answer = { id, value: await handle(message) };
      } catch (error) {
        answer = { id, error: sendError(error) };
      }
      port.postMessage(answer);
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function sendError(error: unknown): SentError {
  if (error instanceof UserError || error instanceof ToolError) {
    const { name, message, code, hint, exit } = error;
    const tool = error instanceof ToolError ? { command: error.command, output: error.output } : {};
    return { name, message, code, exit, ...(hint === undefined ? {} : { hint }), ...tool };
  }
  const known = error instanceof Error ? error : new BugError(String(error));
  return { name: known.name, message: known.message, ...(known.stack === undefined ? {} : { stack: known.stack }) };
}
