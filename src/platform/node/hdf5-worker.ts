// Runs inside a worker thread with a memory limit. The library sees only the bytes that it is given: its file system is in memory,
// so links to other files lead nowhere.

import { UserError, type DataGroup } from "../../base/index.ts";
import { serveWorker } from "./worker.ts";

export type Hdf5Request =
  | { readonly kind: "ready" }
  | { readonly kind: "read"; readonly bytes: Uint8Array; readonly where: string }
  | { readonly kind: "write"; readonly tree: DataGroup };

/** What the library may take beside three times the file. */
const baseMemory = 256 * 2 ** 20;
let ceiling = baseMemory;
// The library's memory grows through this call alone; a file that asks for more gets the library's own error.
const { prototype } = WebAssembly.Memory;
const { grow } = prototype;
prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
  if (this.buffer.byteLength + pages * 65_536 > ceiling) throw new RangeError("beyond the memory of a file");
  return grow.call(this, pages);
};

const library = import("./hdf5-tree.ts");

serveWorker(async (message) => {
  const request = message as Hdf5Request;
  const { ready, readTree, writeTree } = await library;
  await ready();
  switch (request.kind) {
    case "ready":
      return true;
    case "read":
      ceiling = baseMemory + 3 * request.bytes.length;
      try {
        return readTree(request.bytes, request.where);
      } catch (error) {
        throw explain(error, request.where);
      }
    case "write":
      ceiling = 2 ** 31;
      return writeTree(request.tree);
    default:
      return request satisfies never;
  }
});

// ---------------------------------------------------------------------------------------------------------------------

/** The library tells what went wrong as a stack of C functions; its last line is the cause. */
function explain(error: unknown, where: string): unknown {
  if (error instanceof UserError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const causes = [...text.matchAll(/#\d{3}: .* in \w+\(\): (.+)/g)].map(([, cause = ""]) => cause.trim());
  const cause = causes.at(-1) ?? text.split("\n")[0]?.slice(0, 200) ?? "unreadable";
  const memory = /memory|allocat/i.test(causes.join(" ") || cause);
  return new UserError(
    memory ? "hdf5/memory" : "hdf5/damaged",
    memory
      ? `${where}: reading it takes more memory than a file of its size may take`
      : `${where}: it is damaged: ${cause}`,
    { path: where },
  );
}
