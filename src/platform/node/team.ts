import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
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
import { siblingModule } from "../index.ts";

/** Teams of worker threads. Idle helpers do not keep the process alive. */
export const nodeThreads: Threads = {
  coreCount: availableParallelism(),
  joinVectors: (how) => {
    try {
      setFlagsFromString(how === "off" ? "--no-experimental-wasm-revectorize" : "--experimental-wasm-revectorize");
      setFlagsFromString(how === "now" ? "--no-liftoff" : "--liftoff");
      return true;
    } catch {
      return false;
    }
  },
  start: async ({ module, memory, kernels, threadCount, own }): Promise<ThreadTeam> => {
    const control = new Int32Array(new SharedArrayBuffer(4 * controlWords));
    const helpers: Worker[] = [];
    for (let thread = 1; thread < threadCount; thread++) {
      const workerData: TeamStart = { module, memory, kernels, control, thread };
      helpers.push(new Worker(threadModule, { workerData }));
    }
    await Promise.all(helpers.map(ready));
    return {
      threadCount,
      run: (phases) => {
        leadTeam(control, own, threadCount, phases);
        if (teamFailed(control))
          throw new ToolError("team/failed", "a thread of the engine broke down", { command: "wasm" });
      },
      [Symbol.dispose]: () => stopTeam(control),
    };
  },
};

const threadModule = siblingModule(import.meta.url, "team-thread");

// ---------------------------------------------------------------------------------------------------------------------

function ready(helper: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    helper.once("message", () => {
      helper.unref();
      resolve();
    });
    helper.once("error", (cause) => {
      reject(new ToolError("team/failed", `a thread could not start: ${String(cause)}`, { command: "wasm", cause }));
    });
  });
}
