// Encodes batches of a data set in a worker thread: the first message brings the data set, each later one asks for a batch.

import { assertDefined } from "../../base/index.ts";
import type { EncodedInput } from "../../model/encoding/index.ts";
import { encodeBatch, type BatchOptions } from "./batch.ts";
import type { Dataset } from "./dataset.ts";

/** What the worker is asked for. */
export type EncodeRequest =
  | { readonly kind: "open"; readonly dataset: Dataset }
  | { readonly kind: "encode"; readonly indices: Uint32Array; readonly options: BatchOptions };

let dataset: Dataset | undefined;

export function handle(message: unknown): EncodedInput | undefined {
  const request = message as EncodeRequest;
  if (request.kind === "open") {
    dataset = request.dataset;
    return undefined;
  }
  const known = assertDefined(dataset, "data set");
  return encodeBatch(known, known.train, request.indices, request.options);
}
