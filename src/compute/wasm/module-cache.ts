import { assertDefined, hashBytes } from "../../base/index.ts";

/** Modules that are kept: a program works with few networks at a time. */
const mostModules = 16;

/** By the hash of their bytes, last used last. */
const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Compile a module, or return the one that equal bytes gave before. */
export function compileModule(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  const key = hashBytes(bytes);
  const module = modules.get(key) ?? WebAssembly.compile(bytes);
  modules.delete(key);
  modules.set(key, module);
  if (modules.size > mostModules) modules.delete(assertDefined(modules.keys().next().value, "oldest"));
  return module;
}
