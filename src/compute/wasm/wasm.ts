// Event-driven WASM back end: index lists of the firing inputs, weight rows added in vector registers, the neuron's update fused
// behind the gather. Sums run in the order of the reference and never depend on threads, so spikes agree bit for bit.

import { assertDefined, UserError } from "../../base/index.ts";
import { delaysOf, recurrentWeightsOf, type Network } from "../../model/network/index.ts";
import { soloTeam, type KernelFunction, type Threads } from "../../platform/index.ts";
import type { Backend, CompileOptions, Executor } from "../backend.ts";
import { printModule } from "../kernel/print-wasm.ts";
import { compileReadout } from "../readout.ts";
import { referenceBackend } from "../reference/reference.ts";
import { gridLayers, multiplicationCount } from "./convolution/shape.ts";
import { Engine } from "./engine.ts";
import { WasmExecutor } from "./executor.ts";
import { compileModule } from "./module-cache.ts";
import { planMemory, type Plan } from "./plan.ts";
import { networkKernels, Program } from "./program.ts";
import { runIntegerCheck } from "./integer-check.ts";
import { runSelfCheck, sameBits } from "./self-check.ts";

/** The back end on one thread, with nothing asked of the platform: for every place that can run WASM. */
export const wasmBackend: Backend = {
  name: "wasm",
  compile: (network, options) => compileReadout(network, options, compile),
};

/**
 * The back end with all that a platform offers: threads, where `threadCount` asks for them or "auto" finds enough work, and joined
 * vectors where a self-check finds them exact.
 */
export function wasmBackendOn(threads: Threads): Backend {
  return {
    name: "wasm",
    compile: async (network, options) => {
      let check = checks.get(threads);
      if (check === undefined) checks.set(threads, (check = joinWhereExact(threads)));
      await check;
      return compileReadout(network, options, (plain, all) => compile(plain, all, threads));
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Checks that ran, or run. */
const checks = new WeakMap<Threads, Promise<void>>();

const pageBytes = 65536;

/** Below so many synapse-steps of a whole batch, threads wait longer for each other than they work. */
const workOfThread = 1e8;

async function compile(
  network: Network,
  options: CompileOptions,
  threads?: Threads,
  build: (bytes: Uint8Array<ArrayBuffer>) => Promise<WebAssembly.Module> = compileModule,
): Promise<Executor> {
  const reason = reasonAgainst(network);
  if (reason !== undefined) {
    options.onNote?.(`network "${network.name}" runs in the reference back end, which is slow: ${reason}`);
    return await referenceBackend.compile(network, options);
  }
  const threadCount = threads === undefined ? 1 : threadsFor(network, options, threads);
  const plan = planParts(network, { ...options, threadCount });
  const kernels = networkKernels(plan, options);
  const pages = Math.ceil(plan.byteCount / pageBytes) + 1;
  const shared = threadCount > 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const module = await build(printModule(kernels, shared ? pages : undefined));
  const instance = await WebAssembly.instantiate(module, { host: { memory } });
  const names = kernels.map(({ name }) => name);
  const own = names.map((name) => assertDefined(instance.exports[name], name) as KernelFunction);
  const team =
    threads !== undefined && shared
      ? await threads.start({ module, memory, kernels: names, threadCount, own })
      : soloTeam(own);
  const engine = new Engine({ network, options, plan, program: new Program(kernels), team, memory });
  return new WasmExecutor(network, options, engine);
}

/** Why only the reference runs a network, if so. */
function reasonAgainst({ layers }: Network): string | undefined {
  const grids = gridLayers(layers);
  for (const [index, layer] of layers.entries()) {
    if (grids[index] === undefined) continue;
    const what =
      recurrentWeightsOf(layer) !== undefined ? "recurrent" : delaysOf(layer) !== undefined ? "delayed" : undefined;
    if (what !== undefined) return `"${layer.name}" is a ${what} layer that pools its input or feeds a convolution`;
  }
  return undefined;
}

/** The whole sequence at once, or in the longest of its halves, quarters… that the memory holds. */
function planParts(network: Network, options: CompileOptions & { readonly threadCount: number }): Plan {
  const isWhole = network.layers.some((layer) => delaysOf(layer) !== undefined || layer.normalization !== undefined);
  const wanted = Math.min(network.stepCount, options.stepsPerPart ?? network.stepCount);
  if (isWhole && wanted < network.stepCount) {
    options.onNote?.(
      `network "${network.name}": delays and normalization see all steps at once, so gradients travel back over all ${network.stepCount} of them, not over ${wanted}`,
    );
  }
  for (let stepCount = isWhole ? network.stepCount : wanted; ;) {
    try {
      return planMemory({ ...network, stepCount }, options);
    } catch (error) {
      if (!(error instanceof UserError && error.code === "compute/too-large" && stepCount > 1 && !isWhole)) throw error;
      stepCount = Math.ceil(stepCount / 2);
    }
  }
}

function threadsFor(network: Network, options: CompileOptions, threads: Threads): number {
  const { threadCount = "auto", threadsElsewhere = 0, maxSampleCount } = options;
  if (typeof SharedArrayBuffer === "undefined") return 1;
  if (threadCount !== "auto") return Math.max(1, threadCount - threadsElsewhere);
  const synapses = network.layers.reduce((sum, layer) => sum + multiplicationCount(layer), 0);
  const work = synapses * maxSampleCount * network.stepCount;
  return Math.max(1, Math.min(threads.coreCount - threadsElsewhere, Math.floor(work / workOfThread)));
}

/** Once per process: vectors stay joined only when a small network gives the same bits with it. */
async function joinWhereExact(threads: Threads): Promise<void> {
  // A kept module would not show what is compiled now.
  const anew = (network: Network, options: CompileOptions): Promise<Executor> =>
    compile(network, options, undefined, (bytes) => WebAssembly.compile(bytes));
  const check = async (version: "plain" | "joined"): Promise<readonly number[]> => [
    ...(await runSelfCheck(anew, version)),
    ...(await runIntegerCheck(version)),
  ];
  const expected = await check("plain");
  if (!threads.joinVectors("now")) return;
  try {
    threads.joinVectors(sameBits(expected, await check("joined")) ? "on" : "off");
  } catch {
    // A module that cannot be compiled with joined vectors is as good as a wrong result.
    threads.joinVectors("off");
  }
}
