import type { ToolResult, Tools, WorkerHandle } from "../index.ts";
import type { ToolRequest } from "./tool-worker.ts";
import { siblingModule } from "../index.ts";
import { nodeWorkers } from "./workers.ts";

/** One warm worker per package: yosys, and nextpnr with icepack. */
const workers = new Map<string, WorkerHandle>();

export const nodeTools: Tools = {
  run: async (tool, args, files, signal) => {
    signal?.throwIfAborted();
    const home = tool === "yosys" ? "yosys" : "nextpnr";
    const known = workers.get(home);
    const worker = known ?? nodeWorkers.start(siblingModule(import.meta.url, "tool-worker"));
    if (known === undefined) workers.set(home, worker);
    const stop = (): void => {
      workers.delete(home);
      void worker[Symbol.asyncDispose]();
    };
    signal?.addEventListener("abort", stop);
    try {
      const request: ToolRequest = { tool, args, files };
      return await worker.request<ToolResult>(request);
    } catch (error) {
      signal?.throwIfAborted();
      workers.delete(home);
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  },
};
