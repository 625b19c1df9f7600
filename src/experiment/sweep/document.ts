import type { Config, ConfigInput } from "../config.ts";
import { parseConfig } from "../parse-config.ts";
import type { Sweep } from "./axes.ts";
import type { Value } from "../../exploration/index.ts";

const image: ConfigInput = {
  network: { hidden: [128], neuron: "lif", parameters: { decay: 0.875, threshold: 1 } },
  encoding: { kind: "latency", shape: "linear", threshold: 0.3 } as never,
  training: { epochs: 6, batchSize: 64, learningRate: 2e-3, surrogateScale: 5, shift: 1 },
  tuning: { epochs: 3, learningRate: 1e-3, pruneBlock: 1 },
  explore: { stepCount: [8], weightBits: [8], sparsity: [0], lanes: [8], outputLanes: [2] },
  target: "up5k",
};

/** What a sweep starts from when no document is given, by data set. */
const bases: Readonly<Record<string, ConfigInput>> = {
  digits: { ...image, encoding: { kind: "rate" } as never, training: { ...image.training, epochs: 30 } },
  mnist: image,
  "fashion-mnist": image,
  nmnist: {
    ...image,
    encoding: { kind: "rate" } as never,
    training: { epochs: 30, batchSize: 32, learningRate: 2e-3, surrogateScale: 5, shift: 2, weightDecay: 0.3 },
    tuning: { epochs: 8, learningRate: 1e-3, pruneBlock: 1 },
    explore: { ...image.explore, stepCount: [10] },
  },
};

/** The document that a sweep on a data set starts from; unknown sets are refused by its schema. */
export function sweepDocument(set: string): Record<string, unknown> {
  const base = bases[set] ?? image;
  const pool = set === "nmnist" ? { pool: 2 } : {};
  return { name: `sweep-${set}`, ...base, data: { set, validationShare: 0.1, ...pool } };
}

/** The document of one point. @throws `config/invalid` */
export function documentOf(config: Config, sweep: Sweep, values: Readonly<Record<string, Value>>): Config {
  let chosen: Config = config;
  for (const axis of sweep.axes) {
    const value = values[axis.name];
    // Nothing else than a document comes out of merging documents; its values are checked below.
    if (value !== undefined) chosen = merge(chosen, axis.choose(value, chosen)) as unknown as Config;
  }
  return parseConfig(chosen, `sweep ${sweep.name}`);
}

// ---------------------------------------------------------------------------------------------------------------------

/** Key by key; parameters of networks and whole encodings take the place of what was there. */
function merge(document: object, change: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...document };
  for (const [section, values] of Object.entries(change)) {
    const before = merged[section];
    merged[section] = section === "encoding" ? values : { ...(before as object), ...(values as object) };
  }
  return merged;
}
