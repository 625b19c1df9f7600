// Event-driven WASM back end: index lists of the firing inputs, weight rows added in vector registers, the neuron's update fused
// behind the gather. Sums run in the order of the reference and never depend on threads, so spikes agree bit for bit.

import { assertDefined } from "../../base/index.ts";
import { validateNetwork } from "../../model/network/index.ts";
import { soloTeam, type KernelFunction, type Threads } from "../../platform/index.ts";
import type { Backend } from "../backend.ts";
import { printModule } from "../kernel/print-wasm.ts";
import { WasmExecutor } from "./executor.ts";
import { planMemory } from "./plan.ts";
import { networkKernels, Program } from "./program.ts";

const pageBytes = 65536;

/** The back end; with `threads` it runs `threadCount` of them, without it one. */
export function createWasmBackend(threads?: Threads): Backend {
  return {
    name: "wasm",
    compile: async (network, options) => {
      validateNetwork(network);
      const threadCount = threads === undefined ? 1 : (options.threadCount ?? 1);
      const plan = planMemory(network, { ...options, threadCount });
      const kernels = networkKernels(plan, options);
      const pages = Math.ceil(plan.byteCount / pageBytes) + 1;
      const shared = threadCount > 1;
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
      const module = await WebAssembly.compile(printModule(kernels, shared ? pages : undefined));
      const instance = await WebAssembly.instantiate(module, { host: { memory } });
      const names = kernels.map(({ name }) => name);
      const own = names.map((name) => assertDefined(instance.exports[name], name) as KernelFunction);
      const team =
        threads !== undefined && shared
          ? await threads.start({ module, memory, kernels: names, threadCount, own })
          : soloTeam(own);
      return new WasmExecutor({ network, options, plan, program: new Program(kernels), team, memory });
    },
  };
}

/** The back end on one thread: for every place that can run WASM. */
export const wasmBackend: Backend = createWasmBackend();
