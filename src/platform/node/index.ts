import { availableParallelism, totalmem } from "node:os";
import type { Platform } from "../index.ts";
import { nodeFiles } from "./files.ts";
import { nodeHdf5 } from "./hdf5.ts";
import { nodeProcesses } from "./processes.ts";
import { nodeThreads } from "./team.ts";
import { nodeTools } from "./tools.ts";
import { nodeWorkers } from "./workers.ts";

/** This machine, seen from Node. */
export const nodePlatform: Platform = {
  files: nodeFiles,
  clock: { monotonic: () => performance.now(), now: () => new Date().toISOString() },
  processes: nodeProcesses,
  workers: nodeWorkers,
  threads: nodeThreads,
  tools: nodeTools,
  hdf5: nodeHdf5,
  machine: {
    cpuCount: availableParallelism(),
    memoryBytes: totalmem(),
    description: `${process.platform} ${process.arch}, Node ${process.versions.node}`,
  },
};
