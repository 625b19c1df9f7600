import { ToolError } from "../../base/index.ts";
import {
  controlWords,
  leadTeam,
  stopTeam,
  teamFailed,
  type TeamStart,
  type ThreadTeam,
  type Threads,
} from "../index.ts";

/** Teams of web workers, in pages that may share memory; elsewhere there is one core. */
export const browserThreads: Threads = {
  coreCount: typeof SharedArrayBuffer === "undefined" ? 1 : navigator.hardwareConcurrency,
  // Browsers let no page choose how they compile.
  joinVectors: () => false,
  start: async ({ module, memory, kernels, threadCount, own }): Promise<ThreadTeam> => {
    const control = new Int32Array(new SharedArrayBuffer(4 * controlWords));
    const helpers = Array.from({ length: threadCount - 1 }, () => new Worker(threadModule, { type: "module" }));
    await Promise.all(helpers.map((helper, i) => start(helper, { module, memory, kernels, control, thread: i + 1 })));
    return {
      threadCount,
      run: (phases) => {
        leadTeam(control, own, threadCount, phases, !isMainThread);
        if (teamFailed(control))
          throw new ToolError("team/failed", "a thread of the engine broke down", { command: "wasm" });
      },
      [Symbol.dispose]: () => {
        stopTeam(control);
        for (const helper of helpers) helper.terminate();
      },
    };
  },
};

// ---------------------------------------------------------------------------------------------------------------------

const isMainThread = typeof document !== "undefined";

/** Source and built module differ in the ending. */
const threadModule = new URL(`./team-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

function start(helper: Worker, message: TeamStart): Promise<void> {
  return new Promise((resolve, reject) => {
    helper.addEventListener("message", () => resolve(), { once: true });
    helper.addEventListener("error", ({ message: text }) => {
      reject(new ToolError("team/failed", `a thread could not start: ${text}`, { command: "wasm" }));
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
    helper.postMessage(message);
  });
}
