import { ToolError, UserError, type DataGroup } from "../../base/index.ts";
import type { Hdf5, WorkerHandle } from "../index.ts";
import type { Hdf5Request } from "./hdf5-worker.ts";
import { siblingModule } from "../index.ts";
import { nodeWorkers } from "./workers.ts";

/** HDF5 by h5wasm, in a worker thread that is thrown away with the first file that breaks the library. */
export const nodeHdf5: Hdf5 = {
  read: async (bytes, where) => {
    if (!magic.every((byte, i) => bytes[i] === byte)) {
      throw new UserError("hdf5/wrong-magic", `${where}: it is no HDF5 file`, { path: where });
    }
    const seconds = secondsPerFile + bytes.length / 1e6;
    return request<DataGroup>({ kind: "read", bytes, where }, { where, seconds });
  },
  write: (tree) => request<Uint8Array>({ kind: "write", tree }, { where: "a new file", seconds: secondsToWrite }),
};

// ---------------------------------------------------------------------------------------------------------------------

const magic = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** Seconds for a small file, on a busy machine; a second per megabyte comes on top. */
const secondsPerFile = 10;
const secondsToWrite = 120;
const secondsToStart = 60;
const heapMegabytes = 2048;

const broken: ReadonlySet<string> = new Set(["hdf5/damaged", "hdf5/memory", "hdf5/timeout"]);

let warm: Promise<WorkerHandle> | undefined;
/** One file at a time: its time and its memory are its own. */
let previous: Promise<unknown> = Promise.resolve();

function request<Answer>(
  message: Hdf5Request,
  options: { readonly where: string; readonly seconds: number },
): Promise<Answer> {
  const answer = previous.then(() => ask<Answer>(message, options));
  previous = answer.catch(() => undefined);
  return answer;
}

async function ask<Answer>(
  message: Hdf5Request,
  { where, seconds }: { readonly where: string; readonly seconds: number },
): Promise<Answer> {
  warm ??= startWorker();
  const worker = await warm;
  try {
    return await within(worker.request<Answer>(message), seconds, where);
  } catch (error) {
    // What our own checks refused left the library as it was; anything else may not have.
    if (error instanceof UserError && !broken.has(error.code)) throw error;
    warm = undefined;
    await worker[Symbol.asyncDispose]();
    if (!(error instanceof ToolError) || error.code !== "worker/died") throw error;
    const text = `${where}: reading it took more memory than a file may take`;
    throw new UserError("hdf5/memory", text, { path: where, cause: error });
  }
}

async function startWorker(): Promise<WorkerHandle> {
  const worker = nodeWorkers.start(siblingModule(import.meta.url, "hdf5-worker"), { heapMegabytes });
  const ready: Hdf5Request = { kind: "ready" };
  await within(worker.request(ready), secondsToStart, "h5wasm");
  return worker;
}

function within<Answer>(work: Promise<Answer>, seconds: number, where: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const text = `${where}: not read after ${Math.ceil(seconds)} s`;
      reject(
        new UserError("hdf5/timeout", text, { path: where, hint: "the file is damaged, or made to keep readers busy" }),
      );
    }, seconds * 1000);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
