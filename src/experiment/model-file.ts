// A model as one file: the network with what it needs to be judged and built. Opening one runs nothing.

import { UserError } from "../base/index.ts";
import { lowerNetwork, type IntegerNetwork } from "../hardware/golden/index.ts";
import { checkEncoding } from "../model/encoding/index.ts";
import { checkNetwork, foldNormalization, type Network } from "../model/network/index.ts";
import type { Files } from "../platform/index.ts";
import { decodeArtifact, encodeArtifact } from "../runs/index.ts";
import type { Config } from "./config.ts";
import { networkOfForm } from "./network-form.ts";
import { parseConfig } from "./parse-config.ts";

/** What a model file holds. */
export interface Model {
  readonly kind: "model";
  readonly network: Network;
  /** The experiment that made it: data, encoding, numerics. */
  readonly config: Config;
}

export async function saveModel(files: Files, path: string, model: Model): Promise<void> {
  await files.write(path, encodeArtifact(model));
}

/**
 * Read a model file.
 * @throws `model/not-a-model`, `model/form`, `artifact/damaged`, and every problem of its network and document
 */
export async function loadModel(files: Files, path: string): Promise<Model> {
  const value = decodeArtifact(await files.read(path, { maxBytes: 2 ** 30 }), path) as Partial<Model> | null;
  if (value?.kind !== "model" || value.network === undefined || value.config === undefined) {
    throw new UserError("model/not-a-model", `${path}: expected a model file, such as "lacuna train --model" writes`, {
      path,
    });
  }
  const network = networkOfForm(value.network, path);
  const config = parseConfig(value.config, path);
  const problems = [...checkNetwork(network), ...checkEncoding(config.encoding, "encoding")];
  const [first] = problems;
  if (first !== undefined) {
    throw new UserError(first.code, `${path} at ${first.path}: ${first.message}`, { path, problems });
  }
  return { kind: "model", network, config };
}

/** The model's integers, by the numerics of its document; normalization becomes part of weights and biases. */
export function integerOf(model: Model): IntegerNetwork {
  return lowerNetwork(foldNormalization(model.network), model.config.numerics);
}
