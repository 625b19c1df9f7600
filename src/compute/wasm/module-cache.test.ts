import assert from "node:assert/strict";
import { test } from "node:test";
import { i32, KernelBuilder } from "../kernel/language.ts";
import { printModule } from "../kernel/print-wasm.ts";
import { compileModule } from "./module-cache.ts";

/** A module of its own for every number. */
function moduleBytes(value: number): Uint8Array<ArrayBuffer> {
  const k = new KernelBuilder("store", 0);
  k.store(i32(0), 0, i32(value));
  return printModule([k.finish()]);
}

test("equal bytes are compiled once, others are not taken for them", async () => {
  const first = await compileModule(moduleBytes(1));
  assert.ok((await compileModule(moduleBytes(1))) === first);
  assert.ok((await compileModule(moduleBytes(2))) !== first);
});

test("modules that were not used for long are let go", async () => {
  const first = await compileModule(moduleBytes(1));
  for (let value = 2; value < 40; value++) {
    await compileModule(moduleBytes(value));
    if (value < 15) assert.ok((await compileModule(moduleBytes(1))) === first);
  }
  assert.ok((await compileModule(moduleBytes(1))) !== first);
});
