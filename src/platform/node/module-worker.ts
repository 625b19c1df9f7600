// A worker around a module of its own choice: it answers with what the module's `handle` makes of a request.

import { workerData } from "node:worker_threads";
import { serveWorker } from "./worker.ts";

const module = import(String(workerData)) as Promise<{ readonly handle: (message: unknown) => unknown }>;
serveWorker(async (message) => (await module).handle(message));
