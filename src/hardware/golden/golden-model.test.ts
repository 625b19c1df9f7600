// The golden model against the float reference, against a plain twin, and against what must hold for any network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream, type RandomStream } from "../../base/index.ts";
import { referenceBackend } from "../../compute/index.ts";
import { decideClasses } from "../../model/encoding/index.ts";
import { denseLayer, type Network } from "../../model/network/index.ts";
import { neuronSpec, stepIntegerNeuron, type NeuronSpec, type Reset } from "../../model/neuron/index.ts";
import {
  countSpikes,
  firingNeurons,
  hasSpike,
  setSpike,
  spikeTrain,
  tensor,
  type SpikeTrain,
} from "../../model/tensor/index.ts";
import { countEvents, lowerNetwork, runGolden, sumOverSpikes } from "./index.ts";

const unit = 1 / 8;
const numerics = { rounding: "nearest", coefficientFraction: 8 } as const;

/** A network of `sizes` whose weights are whole multiples of 1/8, some of them zero. */
function dyadicNetwork(spec: NeuronSpec, sizes: readonly number[], random: RandomStream): Network {
  const layers = sizes.slice(1).map((neuronCount, l) => {
    const layer = denseLayer(`layer${l}`, { inputCount: sizes[l]!, neuronCount }, spec);
    layer.weights.data.forEach((_, i) => {
      layer.weights.data[i] = random.uniform() < 0.3 ? 0 : (random.integer(15) - 5) * unit;
    });
    return { ...layer, quantizer: { bits: 5, scale: unit } };
  });
  return { kind: "network", name: "dyadic", inputCount: sizes[0]!, stepCount: 7, layers, readout: { kind: "count" } };
}

function randomSpikes(shape: Parameters<typeof spikeTrain>[0], rate: number, random: RandomStream): SpikeTrain {
  const train = spikeTrain(shape);
  for (let t = 0; t < shape.stepCount; t++) {
    for (let s = 0; s < shape.sampleCount; s++) {
      for (let n = 0; n < shape.neuronCount; n++) if (random.uniform() < rate) setSpike(train, t, s, n);
    }
  }
  return train;
}

const resets: readonly Reset[] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.5 }];
const specs: readonly NeuronSpec[] = resets.flatMap((reset) => [
  neuronSpec("integrateFire", { threshold: 1 }, reset),
  neuronSpec("lif", { decay: 0.5, threshold: 0.75 }, reset),
  neuronSpec("cubaLif", { decay: 0.5, currentDecay: 0.5, threshold: 1 }, reset),
  neuronSpec("alif", { decay: 0.5, threshold: 0.5, adaptDecay: 0.5, adaptStep: 0.25 }, reset),
]);

for (const spec of specs) {
  test(`${spec.model}, reset ${spec.reset.kind}: where nothing is rounded, integers fire exactly as floats do`, async () => {
    const random = randomStream(41, `${spec.model} ${spec.reset.kind}`);
    const network = dyadicNetwork(spec, [9, 8, 5], random);
    // Seven halvings of a multiple of 1/8, twice for a model with two states, need 14 more bits.
    const wide = { ...numerics, potentialBits: 24, potentialFraction: 14 };
    const input = randomSpikes({ stepCount: 7, sampleCount: 12, neuronCount: 9 }, 0.35, random);
    const trace = runGolden(lowerNetwork(network, wide), input);
    using executor = await referenceBackend.compile(network, {
      surrogate: { kind: "fastSigmoid", slope: 5 },
      detachReset: true,
      maxSampleCount: 12,
    });
    const { outputs } = await executor.forward({ kind: "spikes", spikes: input }, { training: false });
    network.layers.forEach((_, l) => assert.deepEqual(trace.layers[l]!.words, executor.spikesOf(l).words));
    assert.deepEqual([...trace.counts], [...outputs]);
    assert.ok(countSpikes(trace.layers[1]!) > 0, "the last layer fires at all");
  });
}

test("the trace is what stepping each neuron alone gives, layer after layer within a step", () => {
  const random = randomStream(42, "twin");
  const integer = lowerNetwork(dyadicNetwork(neuronSpec("lif"), [12, 7, 6, 3], random), numerics);
  const input = randomSpikes({ stepCount: 7, sampleCount: 5, neuronCount: 12 }, 0.3, random);
  const trace = runGolden(integer, input);
  for (let sample = 0; sample < 5; sample++) {
    const states = integer.layers.map(({ neuronCount }) => Array.from({ length: neuronCount }, () => ({ v: 0 })));
    for (let step = 0; step < 7; step++) {
      let arriving = firingNeurons(input, step, sample);
      integer.layers.forEach((layer, l) => {
        const fired: number[] = [];
        states[l]!.forEach((state, n) => {
          const sum = arriving.reduce((total, i) => total + layer.weights[i * layer.neuronCount + n]!, 0);
          const next = stepIntegerNeuron(layer.neuron, { ...state, input: sum });
          if (next.spike === 1) fired.push(n);
          states[l]![n] = { v: next.state["v"]! };
        });
        assert.deepEqual(firingNeurons(trace.layers[l]!, step, sample), fired);
        arriving = fired;
      });
    }
  }
});

/** One input, one neuron: spikes at the given steps. */
function single(spec: NeuronSpec, weight: number, steps: readonly number[], stepCount: number): number[] {
  const layer = denseLayer("only", { inputCount: 1, neuronCount: 1 }, spec);
  layer.weights.data[0] = weight;
  const network: Network = {
    kind: "network",
    name: "single",
    inputCount: 1,
    stepCount,
    layers: [{ ...layer, quantizer: { bits: 8, scale: unit } }],
    readout: { kind: "count" },
  };
  const input = spikeTrain({ stepCount, sampleCount: 1, neuronCount: 1 });
  for (const step of steps) setSpike(input, step, 0, 0);
  const { layers } = runGolden(lowerNetwork(network, numerics), input);
  return Array.from({ length: stepCount }, (_, step) => step).filter((step) => hasSpike(layers[0]!, step, 0, 0));
}

test("a step without input leaks all the same", () => {
  const lif = neuronSpec("lif", { decay: 0.5, threshold: 1 });
  assert.deepEqual(single(lif, 0.75, [0, 1], 4), [1], "0.75 · ½ + 0.75 = 1.125");
  assert.deepEqual(single(lif, 0.75, [0, 2], 4), [], "0.75 · ¼ + 0.75 = 0.9375");
  assert.deepEqual(single(neuronSpec("integrateFire"), 0.75, [0, 3], 4), [3], "nothing leaks without a leak");
});

test("a neuron whose residue is above the threshold fires again, without input", () => {
  assert.deepEqual(single(neuronSpec("integrateFire"), 3.5, [0], 5), [0, 1, 2], "3.5, 2.5, 1.5, then 0.5 stays");
  assert.deepEqual(single(neuronSpec("integrateFire", {}, { kind: "zero" }), 3.5, [0], 5), [0]);
});

test("samples do not know each other: any order, any company, the same spikes", () => {
  const random = randomStream(43, "batch");
  const integer = lowerNetwork(dyadicNetwork(neuronSpec("alif"), [10, 6, 4], random), numerics);
  const input = randomSpikes({ stepCount: 7, sampleCount: 6, neuronCount: 10 }, 0.3, random);
  const together = runGolden(integer, input);
  for (let sample = 0; sample < 6; sample++) {
    const alone = spikeTrain({ stepCount: 7, sampleCount: 1, neuronCount: 10 });
    for (let t = 0; t < 7; t++) for (const n of firingNeurons(input, t, sample)) setSpike(alone, t, 0, n);
    const trace = runGolden(integer, alone);
    for (let t = 0; t < 7; t++) {
      trace.layers.forEach((train, l) => {
        assert.deepEqual(firingNeurons(train, t, 0), firingNeurons(together.layers[l]!, t, sample));
      });
    }
    assert.equal(trace.decisions[0], together.decisions[sample]);
  }
});

test("nothing is lost: counts, decisions and events add up to the spikes of the trace", () => {
  const random = randomStream(44, "conservation");
  const integer = lowerNetwork(dyadicNetwork(neuronSpec("lif"), [11, 9, 4], random), numerics);
  const input = randomSpikes({ stepCount: 7, sampleCount: 8, neuronCount: 11 }, 0.25, random);
  const trace = runGolden(integer, input);
  const { layers, sampleCount } = countEvents(integer, trace);
  assert.equal(sampleCount, 8);
  assert.equal(layers[0]!.spikesIn, countSpikes(input));
  assert.equal(layers[1]!.spikesIn, layers[0]!.spikesOut, "what leaves a layer enters the next");
  assert.equal(
    layers[1]!.spikesOut,
    trace.counts.reduce((a, b) => a + b, 0),
  );
  assert.deepEqual([...trace.decisions], [...decideClasses(trace.counts, 4)]);
  layers.forEach((events, l) => {
    const layer = integer.layers[l]!;
    const arriving = l === 0 ? input : trace.layers[l - 1]!;
    // Every addition, one by one.
    let effective = 0;
    let dense = 0;
    for (let t = 0; t < 7; t++) {
      for (let s = 0; s < 8; s++) {
        for (let i = 0; i < layer.inputCount; i++) {
          for (let n = 0; n < layer.neuronCount; n++) {
            dense++;
            if (hasSpike(arriving, t, s, i) && layer.weights[i * layer.neuronCount + n] !== 0) effective++;
          }
        }
      }
    }
    assert.deepEqual([events.effectiveSynapticOperations, events.denseSynapticOperations], [effective, dense]);
    assert.equal(events.neuronUpdates, 7 * 8 * layer.neuronCount);
    assert.equal(
      events.spikesPerStep.reduce((a, b) => a + b, 0),
      events.spikesOut,
    );
    assert.equal(
      events.inputsPerStep.reduce((a, b) => a + b, 0),
      events.spikesIn,
    );
    assert.equal(sumOverSpikes(arriving, new Uint8Array(layer.inputCount).fill(1)), events.spikesIn);
  });
});

test("every single weight counts: a net with one of them changed fires otherwise", () => {
  const network = dyadicNetwork(neuronSpec("lif", { threshold: 0.5 }), [4, 3], randomStream(45, "mutation"));
  const input = randomSpikes({ stepCount: 7, sampleCount: 30, neuronCount: 4 }, 0.4, randomStream(45, "input"));
  const wordsOf = (changed: Network): Uint32Array => runGolden(lowerNetwork(changed, numerics), input).layers[0]!.words;
  const before = wordsOf(network);
  const layer = network.layers[0]!;
  layer.weights.data.forEach((weight, i) => {
    const data = Float32Array.from(layer.weights.data);
    data[i] = weight > 0 ? -5 * unit : 9 * unit;
    const changed = { ...layer, weights: tensor([4, 3], data) };
    assert.notDeepEqual(wordsOf({ ...network, layers: [changed] }), before, `weight ${i}`);
  });
});

test("no samples give no decisions", () => {
  const integer = lowerNetwork(dyadicNetwork(neuronSpec("lif"), [4, 3], randomStream(1)), numerics);
  const trace = runGolden(integer, spikeTrain({ stepCount: 7, sampleCount: 0, neuronCount: 4 }));
  assert.deepEqual([trace.decisions.length, trace.counts.length, trace.layers[0]!.words.length], [0, 0, 0]);
});
