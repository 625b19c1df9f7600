// The helper thread of a team.
import { parentPort, workerData } from "node:worker_threads";
import { assertDefined } from "../../base/index.ts";
import { serveTeam, type KernelFunction } from "../index.ts";
import type { TeamStart } from "./team.ts";

const { module, memory, kernels, control, thread } = workerData as TeamStart;
const instance = await WebAssembly.instantiate(module, { host: { memory } });
const functions = kernels.map((name) => assertDefined(instance.exports[name], name) as KernelFunction);
const port = assertDefined(parentPort ?? undefined, "parent port");
port.postMessage("ready");
serveTeam(control, functions, thread);
