// The helper thread of a team.
import { parentPort, workerData } from "node:worker_threads";
import { assertDefined } from "../../base/index.ts";
import { instantiateKernels, serveTeam, type TeamStart } from "../index.ts";

const start = workerData as TeamStart;
const functions = await instantiateKernels(start);
const port = assertDefined(parentPort ?? undefined, "parent port");
port.postMessage("ready");
serveTeam(start.control, functions, start.thread);
