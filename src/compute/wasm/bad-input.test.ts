import assert from "node:assert/strict";
import { test } from "node:test";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import type { Threads } from "../../platform/index.ts";
import { nodePlatform } from "../../platform/node/index.ts";
import { testBadInput } from "../input-conformance.ts";
import { wasmBackend, wasmBackendOn } from "./wasm.ts";

testBadInput(wasmBackend);

const network: Network = {
  kind: "network",
  name: "n",
  inputCount: 8,
  stepCount: 50,
  layers: [denseLayer("l", { inputCount: 8, neuronCount: 4 }, neuronSpec("lif"))],
  readout: { kind: "count" },
};
const options = { surrogate: { kind: "fastSigmoid", slope: 5 }, detachReset: true, maxSampleCount: 16 } as const;

/** Answers of a platform that joins vectors when asked, while `damage` changes the modules compiled meanwhile. */
async function answersWith(damage: (bytes: Uint8Array) => void): Promise<readonly string[]> {
  const asked: string[] = [];
  const original = WebAssembly.compile;
  const threads: Threads = {
    ...nodePlatform.threads,
    joinVectors: (how) => {
      asked.push(how);
      WebAssembly.compile =
        how !== "now"
          ? original
          : (bytes) => {
              const copy = new Uint8Array(bytes as Uint8Array<ArrayBuffer>);
              damage(copy);
              return original(copy);
            };
      return true;
    },
  };
  try {
    using executor = await wasmBackendOn(threads).compile(network, { ...options, threadCount: 1 });
    assert.equal(executor.timeParts, 1);
  } finally {
    WebAssembly.compile = original;
  }
  return asked;
}

/** Turns every f32x4.add of a module into f32x4.sub. */
function subtract(bytes: Uint8Array): void {
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i] === 0xfd && bytes[i + 1] === 0xe4 && bytes[i + 2] === 0x01) bytes[i + 1] = 0xe5;
  }
}

test("kernels that fail their self-check are not used: wrong sums, and modules that do not compile", async () => {
  assert.deepEqual(await answersWith(() => undefined), ["now", "on"]);
  assert.deepEqual(await answersWith(subtract), ["now", "off"]);
  assert.deepEqual(await answersWith((bytes) => bytes.fill(0, 8, 64)), ["now", "off"]);
});

test("memory stays within the limit that was given", async () => {
  for (const memoryLimitBytes of [2 ** 18, 2 ** 20, 2 ** 22]) {
    using executor = await wasmBackend.compile(network, { ...options, memoryLimitBytes });
    assert.ok(executor.memoryBytes! <= memoryLimitBytes, `${executor.memoryBytes} of ${memoryLimitBytes}`);
  }
});
