// Golden = the cells that synthesis makes, spike for spike and cycle for cycle; and a fault of the design is still seen there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { denseLayer } from "../../model/network/index.ts";
import { neuronSpec } from "../../model/neuron/index.ts";
import { compileSynthesized, verifyDesign } from "../rtl/index.ts";
import { targets } from "../target/index.ts";
import { prepareShape } from "./conformance-shapes.ts";

test("a network after synthesis for HX8K equals the golden model, a broken one does not", async () => {
  const hidden = denseLayer("hidden", { inputCount: 12, neuronCount: 4 }, neuronSpec("lif", { threshold: 0.8 }));
  const options = prepareShape("after synthesis", { layers: [hidden], lanes: [2, 1], inputCount: 12 });
  const check = async (change: (text: string) => string): Promise<boolean> => {
    const files = options.design.files.map(({ name, text }) => ({ name, text: change(text) }));
    const compiled = await compileSynthesized(options.platform, { ...options.design, files }, targets.hx8k);
    return (await verifyDesign({ ...options, compiled })).passed;
  };
  assert.equal(await check((text) => text), true);
  assert.equal(await check((text) => text.replace("base_q + lane", "base_q - lane")), false);
});
