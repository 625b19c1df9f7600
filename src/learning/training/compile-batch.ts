import { UserError } from "../../base/index.ts";
import type { Backend, CompileOptions, Executor } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";

/**
 * The executor for a batch, or for the largest half, quarter… of it that fits the memory; `onNote` hears about it.
 * @throws `compute/too-large` when not even one sample fits
 */
export async function compileForBatch(
  backend: Backend,
  network: Network,
  batchSize: number,
  options: Omit<CompileOptions, "maxSampleCount"> & { readonly onNote?: (note: string) => void },
): Promise<{ readonly executor: Executor; readonly partSize: number }> {
  const { onNote, ...how } = options;
  for (let partSize = batchSize; ; partSize = Math.ceil(partSize / 2)) {
    const notes: string[] = [];
    try {
      const told = { onNote: (note: string): void => void notes.push(note) };
      const executor = await backend.compile(network, { ...how, ...told, maxSampleCount: partSize });
      notes.forEach((note) => onNote?.(note));
      if (partSize < batchSize) {
        onNote?.(`a batch of ${batchSize} does not fit the memory: it is computed in parts of ${partSize}`);
      }
      if (executor.timeParts > 1 && how.truncate !== true) {
        onNote?.(`${network.stepCount} steps do not fit the memory: they are computed in ${executor.timeParts} parts`);
      }
      return { executor, partSize };
    } catch (error) {
      if (!(error instanceof UserError && error.code === "compute/too-large" && partSize > 1)) throw error;
    }
  }
}

/**
 * The samples that follow on those of a part, up to the end of their batch.
 * @param part  A view of the order of an epoch, which fills its buffer.
 */
export function partAfter(part: Uint32Array, batchSize: number, partSize: number): Uint32Array {
  const order = new Uint32Array(part.buffer);
  const start = part.byteOffset / part.BYTES_PER_ELEMENT + part.length;
  const batchEnd = (Math.floor(start / batchSize) + 1) * batchSize;
  return order.subarray(start, Math.min(start + partSize, batchEnd));
}
