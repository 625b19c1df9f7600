import { constants } from "node:fs";
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { UserError } from "../../base/index.ts";
import type { Files } from "../index.ts";
import { faultPoint } from "./fault-point.ts";

/** Files of this machine. */
export const nodeFiles: Files = {
  read,
  readText: async (file, options) => new TextDecoder().decode(await read(file, options)),
  write,
  append,
  exists: (file) =>
    access(file, constants.F_OK).then(
      () => true,
      () => false,
    ),
  list: async (folder) => {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw explain(error, folder, "read");
    }
  },
  makeFolder: async (folder) => {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw explain(error, folder, "write");
    }
  },
  remove: (file) => rm(file, { recursive: true, force: true }),
  lock,
};

// ---------------------------------------------------------------------------------------------------------------------

async function read(file: string, options?: { readonly maxBytes?: number }): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    const limit = options?.maxBytes ?? 2 ** 31;
    if (size > limit) {
      throw new UserError("file/too-large", `${file}: expected at most ${limit} bytes, got ${size}`, { path: file });
    }
    const { buffer, byteOffset, byteLength } = await readFile(file);
    // Not Node's Buffer, whose slice() shares memory.
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    throw error instanceof UserError ? error : explain(error, file, "read");
  }
}

let temporaryCount = 0;

async function write(file: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${process.pid}.${temporaryCount++}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(content);
      faultPoint("blob-half-written");
      await handle.sync();
    } finally {
      await handle.close();
    }
    faultPoint("before-rename");
    await rename(temporary, file);
    faultPoint("after-rename");
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw explain(error, file, "write");
  }
}

async function append(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    faultPoint("before-append");
    const handle = await open(file, "a");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    faultPoint("after-append");
  } catch (error) {
    throw explain(error, file, "write");
  }
}

/** Make a rename durable; some file systems refuse to sync a folder, which loses nothing but that guarantee. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES"].includes(codeOf(error) ?? "")) throw error;
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

async function lock(file: string): Promise<AsyncDisposable> {
  const mine: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  await mkdir(path.dirname(file), { recursive: true });
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(JSON.stringify(mine));
      await handle.close();
      return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw explain(error, file, "write");
    }
    const holder = await readHolder(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new UserError(
        "run/busy",
        `${path.dirname(file)}: process ${holder.pid} on ${holder.host} works here since ${holder.since}`,
        { path: file, exit: "busy", hint: "wait for it, stop it, or use another --run name" },
      );
    }
    // Only one of several rivals wins this rename; the losers find no file and try again.
    const stale = `${file}.${process.pid}.stale`;
    await rename(file, stale).then(
      () => rm(stale, { force: true }),
      () => undefined,
    );
  }
  throw new UserError("run/busy", `${file}: could not be locked`, { path: file, exit: "busy" });
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const parsed = JSON.parse(await readFile(file, "utf8")) as Partial<Holder>;
    const { pid, host, since } = parsed;
    return typeof pid === "number" && typeof host === "string" && typeof since === "string"
      ? { pid, host, since }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A holder on another machine cannot be asked, so it counts as alive. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  if (holder.pid === process.pid) return true;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function explain(error: unknown, file: string, action: "read" | "write"): Error {
  if (error instanceof UserError) return error;
  const options = { path: file, cause: error };
  switch (codeOf(error)) {
    case "ENOENT":
      return new UserError("file/missing", `${file}: there is no such file`, options);
    case "EISDIR":
    case "ENOTDIR":
      return new UserError(
        "file/unreadable",
        `${file}: expected a file, found a folder or a part that is none`,
        options,
      );
    case "ENOSPC":
    case "EDQUOT":
      return new UserError("file/disk-full", `${file}: the disk is full; nothing was replaced`, {
        ...options,
        exit: "resources",
        hint: "free some space and run the same command again",
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return action === "read"
        ? new UserError("file/unreadable", `${file}: no permission to read`, options)
        : new UserError("file/not-writable", `${file}: no permission to write`, { ...options, exit: "resources" });
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}
