// The form of a network from a file: types and sizes, so that `checkNetwork` can judge what it says. Whoever makes a file can also
// make its hash.

import { z } from "zod";
import { shownName, throwProblems } from "../base/index.ts";
import type { Network } from "../model/network/index.ts";

/**
 * A network whose every part has its type and a bounded size.
 * @throws `model/form` with every problem
 */
export function networkOfForm(value: unknown, where: string): Network {
  const found = networkSchema.safeParse(value);
  if (found.success) return value as Network;
  throwProblems(
    found.error.issues.slice(0, 50).map(({ path, message }) => ({
      code: "model/form",
      path: [where, ...path.map((key) => (typeof key === "string" ? shownName(key).slice(1, -1) : String(key)))].join(
        ".",
      ),
      message,
    })),
  );
  return value as Network;
}

// ---------------------------------------------------------------------------------------------------------------------

/** More neurons, steps or cells than any network here is for; a small file could ask for any number of them. */
const count = z
  .int()
  .min(0)
  .max(2 ** 24);
const number = z.number();

const tensor = z.looseObject({ shape: z.array(count).max(8), data: z.instanceof(Float32Array) });
const grid = z.looseObject({ rows: count, columns: count, channels: count });
const pooling = { kind: z.string(), size: count, stride: count };

const neuron = z.looseObject({
  model: z.string(),
  reset: z.looseObject({ kind: z.string(), value: number.optional() }),
  variant: z.record(z.string(), z.union([z.string(), z.boolean(), number, z.array(number).max(4096)])).optional(),
  parameters: z.record(z.string(), number),
});

const quantizer = z.looseObject({
  bits: number,
  scale: number,
  zeroPoint: number.optional(),
  channelScales: z.instanceof(Float32Array).optional(),
});

const common = {
  name: z.string().max(1024),
  neuronCount: count,
  neuron,
  neuronParameters: z.record(z.string(), tensor).optional(),
  inputPooling: z.looseObject({ ...pooling, grid }).optional(),
  quantizer: quantizer.optional(),
  normalization: z
    .looseObject({ epsilon: number, momentum: number, scale: tensor, mean: tensor, variance: tensor })
    .optional(),
  weights: tensor,
  bias: tensor.optional(),
};

const layer = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("dense"),
    ...common,
    delays: z.looseObject({ sources: z.instanceof(Uint32Array), steps: z.instanceof(Uint8Array) }).optional(),
    recurrentWeights: tensor.optional(),
  }),
  z.looseObject({
    kind: z.literal("conv"),
    ...common,
    input: grid,
    output: grid,
    stride: count,
    padding: count,
    groups: count,
    pooling: z.looseObject(pooling).optional(),
  }),
]);

const networkSchema = z.looseObject({
  kind: z.literal("network"),
  name: z.string().max(1024),
  inputCount: count,
  stepCount: z.int().max(1_000_000),
  layers: z.array(layer).max(10_000),
  readout: z.looseObject({ kind: z.string(), neuronsPerClass: number.optional() }),
});
