// What this machine allows kernels of our language on one thread, for rooflines: rows of weights added from regions of several
// sizes in random order, and multiplications with additions. `--rounds N` (default 60): rounds are interleaved, the fastest counts.
import { randomStream } from "../src/base/index.ts";
import { kernel, printModule, wasmBackendOn } from "../src/compute/index.ts";
import { denseLayer } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { textTable } from "../src/report/index.ts";
import { flag } from "./flags.ts";

const { apply, i32, KernelBuilder, load, storeVectors, times } = kernel;

const rowBytes = 128;
const additions = 20_000;
const multiplyTurns = 20_000;
/** Independent chains of multiplications and additions. */
const chains = 8;
const regions = [16, 100, 512, 4096, 32768].map((kibibytes) => kibibytes * 1024);
const zeros = 0;
const order = 4096;
const weights = order + 4 * additions;

/** Adds the rows that the list names to 32 sums, two in one turn. */
function gatherKernel(): kernel.Kernel {
  const k = new KernelBuilder("gather", 0);
  const totals = Array.from({ length: rowBytes / 16 }, (_, j) => k.keep(load("v128", i32(zeros), 16 * j)));
  k.loop(i32(order), i32(order + 4 * additions), 8, (at) => {
    const rows = [0, 4].map((offset) => k.keep(load("i32", at, offset)));
    for (const row of rows) {
      totals.forEach((total, j) => k.set(total, apply("v.add", total, load("v128", row, weights + 16 * j))));
    }
  });
  storeVectors(k, i32(zeros), 1024, totals);
  return k.finish();
}

function multiplyKernel(): kernel.Kernel {
  const k = new KernelBuilder("multiply", 0);
  const totals = Array.from({ length: 2 * chains }, (_, j) => k.keep(load("v128", i32(zeros), 16 * j)));
  k.loop(i32(0), i32(multiplyTurns), 1, (turn) => {
    const x = k.keep(load("v128.splat", times(apply("i32.and", turn, i32(31)), 4)));
    totals.forEach((total, j) => {
      const product = apply("v.mul", x, load("v128", i32(zeros), 512 + 16 * j));
      k.set(total, apply("v.add", total, product));
    });
  });
  storeVectors(k, i32(zeros), 2048, totals);
  return k.finish();
}

// The self-check decides whether vectors are joined.
const network = {
  kind: "network",
  name: "check",
  inputCount: 4,
  stepCount: 1,
  layers: [denseLayer("layer", { inputCount: 4, neuronCount: 4 }, neuronSpec("lif"))],
  readout: { kind: "count" },
} as const;
const options = { surrogate: { kind: "fastSigmoid", slope: 25 }, detachReset: true, maxSampleCount: 1 } as const;
(await wasmBackendOn(nodePlatform.threads).compile(network, options))[Symbol.dispose]();

const bytes = weights + Math.max(...regions);
const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) + 1 });
const module = await WebAssembly.compile(printModule([gatherKernel(), multiplyKernel()]));
const { exports } = await WebAssembly.instantiate(module, { host: { memory } });
const [gather, multiply] = [exports["gather"], exports["multiply"]] as [() => void, () => void];
const list = new Int32Array(memory.buffer, order, additions);
const random = randomStream(1, "limits");
const orders = regions.map((region) =>
  Int32Array.from({ length: additions }, () => rowBytes * Math.floor((random.uniform() * region) / rowBytes)),
);
const best = [...regions, 0].map(() => Infinity);
for (let round = -20; round < Number(flag("--rounds") ?? 60); round++) {
  [...orders, undefined].forEach((rows, i) => {
    if (rows !== undefined) list.set(rows);
    (rows === undefined ? multiply : gather)();
    const started = performance.now();
    (rows === undefined ? multiply : gather)();
    const seconds = (performance.now() - started) / 1000;
    if (round >= 0) best[i] = Math.min(best[i] ?? seconds, seconds);
  });
}
const rows = regions.map((region, i) => {
  const rate = additions / (best[i] ?? Number.NaN);
  return [
    `rows of 32 floats added from ${region / 1024} KiB`,
    `${((rate * 32) / 1e9).toFixed(1)} GSynOp/s`,
    `${((rate * rowBytes) / 1e9).toFixed(0)} GB/s`,
  ];
});
const flops = (multiplyTurns * chains * 16) / (best.at(-1) ?? Number.NaN) / 1e9;
rows.push(["multiplications and additions, factors in the first cache", `${flops.toFixed(0)} GFLOP/s`, ""]);
const titles = ["one thread", "", ""];
console.log(
  textTable(
    titles.map((title) => ({ title })),
    rows,
  ),
);
console.log(`${nodePlatform.machine.description}; measured, the fastest of the rounds`);
