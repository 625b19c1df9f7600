import assert from "node:assert/strict";
import { test } from "node:test";
import { neuronSpec } from "../neuron/index.ts";
import { tensor } from "../tensor/index.ts";
import {
  checkDelays,
  checkNetwork,
  delaySynapses,
  delayTaps,
  denseLayer,
  normalizeLayer,
  type Network,
} from "./index.ts";

const plain = denseLayer("l", { inputCount: 2, neuronCount: 3 }, neuronSpec("lif"));

test("taps show every input at every delay", () => {
  const { sources, steps } = delayTaps(2, [0, 3]);
  assert.deepEqual(
    [[...sources], [...steps]],
    [
      [0, 1, 0, 1],
      [0, 0, 3, 3],
    ],
  );
});

test("a delay of each synapse: synapses of an input with equal delays share a row", () => {
  const layer = { ...plain, weights: tensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)) };
  const { weights, delays } = delaySynapses(layer, Uint8Array.of(0, 7, 0, 2, 2, 2));
  assert.deepEqual(
    [[...delays!.sources], [...delays!.steps]],
    [
      [0, 0, 1],
      [0, 7, 2],
    ],
  );
  assert.deepEqual([...weights.data], [1, 0, 3, 0, 2, 0, 4, 5, 6]);
});

test("what is wrong with delays and with a normalization", () => {
  const message = (problems: ReturnType<typeof checkDelays>): string => problems.map((p) => p.message).join();
  assert.equal(
    message(checkDelays({ sources: Uint32Array.of(0), steps: new Uint8Array() }, 2, "d")),
    "expected as many sources as steps, at least one, got 1 and 0",
  );
  assert.equal(
    message(checkDelays({ sources: Uint32Array.of(2), steps: Uint8Array.of(0) }, 2, "d")),
    "row 0: expected an input 0…1, got 2",
  );
  const far = { sources: Uint32Array.of(0), steps: Uint16Array.of(256) as unknown as Uint8Array };
  assert.equal(message(checkDelays(far, 2, "d")), "row 0: expected whole steps 0…255, got 256");
  const network: Network = {
    kind: "network",
    name: "n",
    inputCount: 2,
    stepCount: 2,
    layers: [{ ...normalizeLayer(plain), recurrentWeights: tensor([3, 3]), delays: delayTaps(2, [1]) }],
    readout: { kind: "count" },
  };
  assert.deepEqual(
    checkNetwork(network).map((p) => `${p.path}: ${p.message}`),
    [
      'layers[0] "l".normalization: currents of a recurrent layer are not normalized; leave it out, or use a feed-forward layer',
    ],
  );
});
