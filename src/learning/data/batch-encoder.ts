// Encoded batches of the training split: made when they are asked for, or ahead of it in a worker while kernels run. Spikes are the
// same either way, because they depend on seed, epoch and sample alone.

import { siblingModule, type Workers } from "../../platform/index.ts";
import type { EncodedInput } from "../../model/encoding/index.ts";
import { encodeBatch, type BatchOptions } from "./batch.ts";
import type { Dataset } from "./dataset.ts";
import type { EncodeRequest } from "./encode-worker.ts";

export interface BatchEncoder extends AsyncDisposable {
  /** Threads of its own. */
  readonly threadCount: number;
  encode(indices: Uint32Array, options: BatchOptions): Promise<EncodedInput>;
  /** Say what will be asked for next. */
  expect(indices: Uint32Array, options: BatchOptions): void;
}

/** @param workers  Without them, and for little data, values as they are or recordings of events, batches are made when they are asked for. */
export function batchEncoder(
  dataset: Dataset,
  options: Pick<BatchOptions, "stepCount" | "encoding">,
  workers: Workers | undefined,
): BatchEncoder {
  const { train, featureCount } = dataset;
  const isMuch = train.sampleCount * featureCount * options.stepCount >= workOfWorker;
  const isWork = options.encoding.kind !== "direct" && train.values !== undefined;
  return workers === undefined || !isMuch || !isWork ? inlineEncoder(dataset) : workerEncoder(dataset, workers);
}

// ---------------------------------------------------------------------------------------------------------------------

/** Below so many values of an epoch, a worker costs more than it takes over. */
const workOfWorker = 2e7;

function inlineEncoder(dataset: Dataset): BatchEncoder {
  return {
    threadCount: 0,
    encode: async (indices, options) => encodeBatch(dataset, dataset.train, indices, options),
    expect: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function workerEncoder(dataset: Dataset, workers: Workers): BatchEncoder {
  const worker = workers.serve(siblingModule(import.meta.url, "encode-worker"));
  const ask = <Answer>(request: EncodeRequest): Promise<Answer> => worker.request<Answer>(request);
  // Only the training split crosses over.
  const { train } = dataset;
  const opened = ask({ kind: "open", dataset: { ...dataset, test: { sampleCount: 0, labels: new Uint8Array(0) } } });
  const request = (indices: Uint32Array, options: BatchOptions): Promise<EncodedInput> =>
    ask({ kind: "encode", indices: indices.slice(), options });
  let expected: { readonly key: string; readonly input: Promise<EncodedInput> } | undefined;
  return {
    threadCount: 1,
    encode: async (indices, options) => {
      await opened;
      const known = expected;
      expected = undefined;
      if (known?.key === keyOf(indices, options)) return await known.input;
      return encodeBatch(dataset, train, indices, options);
    },
    expect: (indices, options) => {
      const input = request(indices, options);
      // Whoever asks for it hears of an error; nobody may.
      input.catch(() => undefined);
      expected = { key: keyOf(indices, options), input };
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}

/** Batches of an epoch differ in their samples, epochs in their number. */
function keyOf(indices: Uint32Array, { epoch }: BatchOptions): string {
  return `${epoch} ${indices.join(" ")}`;
}
