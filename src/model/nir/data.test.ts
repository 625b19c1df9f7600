import assert from "node:assert/strict";
import { test } from "node:test";
import { isNirData, readNirData, writeNirData, type NirData } from "./index.ts";

const data: NirData = {
  kind: "nir-data",
  observables: [
    {
      node: "lif",
      name: "spikes",
      record: { kind: "time-grid", step: 1e-4, shape: [1, 2, 2], values: Float64Array.of(0, 1, 1, 0) },
    },
    {
      node: "input",
      name: "spikes",
      record: {
        kind: "events",
        neuronCount: 3,
        end: 0.5,
        samples: [
          { neurons: Uint32Array.of(2, 0), times: Float64Array.of(0.1, 0.2) },
          { neurons: Uint32Array.of(1), times: Float64Array.of(0.3) },
        ],
      },
    },
  ],
};

test("recordings are read as they were written; padding is no event", () => {
  const tree = writeNirData(data);
  assert.equal(isNirData(tree), true);
  assert.deepEqual(readNirData(tree, "d.h5"), data);
});

test("an event beyond the population is refused", () => {
  const [, observable] = data.observables;
  if (observable?.record.kind !== "events") throw new Error("unexpected");
  const tree = writeNirData({
    ...data,
    observables: [{ ...observable, record: { ...observable.record, neuronCount: 2 } }],
  });
  assert.throws(() => readNirData(tree, "d.h5"), {
    code: "nir/data",
    message: 'd.h5 at "input", "spikes": idx 2 is beyond 2 neurons',
  });
});
