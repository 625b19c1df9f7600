// The fast twin against the golden model: bit for bit, on anything that can be lowered, and never without having been compared.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream, UserError, type RandomStream } from "../../../base/index.ts";
import { kernel, printModule } from "../../../compute/index.ts";
import { denseLayer, type Network } from "../../../model/network/index.ts";
import {
  lowerNeuron,
  neuronModels,
  neuronSpec,
  type NeuronModelName,
  type Reset,
} from "../../../model/neuron/index.ts";
import { countSpikes, largestLevel, setSpike, spikeTrain, type SpikeTrain } from "../../../model/tensor/index.ts";
import { lowerNetwork, prepareGolden, runGolden, runGoldenFast, type IntegerNetwork } from "../index.ts";

/** An integer network of `sizes`; its weights use all levels of their width. */
function integerNetwork(options: {
  readonly model: NeuronModelName;
  readonly reset?: Reset;
  readonly sizes: readonly number[];
  readonly stepCount: number;
  readonly weightBits: number;
  readonly rounding?: "nearest" | "floor";
  readonly threshold?: number;
  readonly seed: number;
}): IntegerNetwork {
  const { model, sizes, reset = { kind: "subtract" } } = options;
  const random = randomStream(options.seed, "weights");
  const layers = sizes.slice(1).map((neuronCount, l) => {
    const names = Object.keys(neuronModels[model](reset).parameters);
    const decays = names.filter((name) => name.toLowerCase().includes("decay"));
    const chosen = Object.fromEntries(decays.map((name) => [name, random.uniform()]));
    const spec = neuronSpec(model, { ...chosen, threshold: options.threshold ?? 1 }, reset);
    const layer = denseLayer(`layer${l}`, { inputCount: sizes[l]!, neuronCount }, spec);
    layer.weights.data.forEach((_, i) => (layer.weights.data[i] = random.uniform() * 1.6 - 0.6));
    return layer;
  });
  const network: Network = {
    kind: "network",
    name: "random",
    inputCount: sizes[0]!,
    stepCount: options.stepCount,
    layers,
    readout: { kind: "count" },
  };
  const { weightBits, rounding = "nearest" } = options;
  return lowerNetwork(network, { rounding, coefficientFraction: 6, weightBits });
}

function randomSpikes(network: IntegerNetwork, sampleCount: number, rate: number, random: RandomStream): SpikeTrain {
  const train = spikeTrain({ stepCount: network.stepCount, sampleCount, neuronCount: network.inputCount });
  for (let t = 0; t < train.stepCount; t++) {
    for (let s = 0; s < sampleCount; s++) {
      for (let n = 0; n < train.neuronCount; n++) if (random.uniform() < rate) setSpike(train, t, s, n);
    }
  }
  return train;
}

// A layer that never fires is not lowered; it has its own test.
const models = (Object.keys(neuronModels) as NeuronModelName[]).filter(
  (model) => neuronModels[model]({ kind: "zero" }).spike.op !== "constant",
);
const resets: readonly Reset[] = [{ kind: "subtract" }, { kind: "zero" }, { kind: "value", value: -0.5 }];
const settings = {
  model: fc.constantFrom(...models),
  reset: fc.constantFrom(...resets),
  sizes: fc.array(fc.integer({ min: 1, max: 75 }), { minLength: 2, maxLength: 4 }),
  stepCount: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 9 })),
  weightBits: fc.integer({ min: 2, max: 16 }),
  rounding: fc.constantFrom("nearest" as const, "floor" as const),
  threshold: fc.constantFrom(0.3, 1, 4),
  seed: fc.integer({ min: 0, max: 1e6 }),
};

test("any network that can be lowered fires exactly as on the golden model", () => {
  let spikes = 0;
  const rate = fc.constantFrom(0, 0.05, 0.4, 1);
  fc.assert(
    fc.property(fc.record(settings), rate, fc.integer({ min: 0, max: 4 }), (options, spikeRate, sampleCount) => {
      const network = loweredOr(() => integerNetwork(options));
      const input = randomSpikes(network, sampleCount, spikeRate, randomStream(options.seed, "input"));
      const fast = prepareGolden(network);
      assert.equal(fast.obstacle, undefined);
      const trace = fast.run(input);
      assert.deepEqual(trace, runGolden(network, input));
      spikes += trace.layers.reduce((sum, train) => sum + countSpikes(train), 0);
    }),
    { numRuns: 150, seed: 7 },
  );
  assert.ok(spikes > 10_000, `${spikes} spikes compared`);
});

/** 16-bit weights may need more than 31 bits in some neuron, and some neurons have no integers: no network then. */
function loweredOr(lower: () => IntegerNetwork): IntegerNetwork {
  try {
    return lower();
  } catch (error) {
    fc.pre(!(error instanceof UserError && error.code.startsWith("lower/")));
    throw error;
  }
}

/** One layer whose neuron n has n parts of 33 of its weights at the highest level and the rest at the lowest. */
function extremeNetwork(weightBits: number, inputCount: number): IntegerNetwork {
  const quantizer = { bits: weightBits, scale: 1 / largestLevel(weightBits) };
  const layer = denseLayer("only", { inputCount, neuronCount: 34 }, neuronSpec("integrateFire"));
  layer.weights.data.forEach((_, i) => {
    layer.weights.data[i] = Math.floor(i / 34) / inputCount < (i % 34) / 33 ? 1 : -1;
  });
  const layers = [{ ...layer, quantizer }];
  const network: Network = {
    kind: "network",
    name: "extreme",
    inputCount,
    stepCount: 3,
    layers,
    readout: { kind: "count" },
  };
  return lowerNetwork(network, { rounding: "floor", coefficientFraction: 4 });
}

for (const weightBits of [2, 3, 4, 5, 6, 8, 9, 12, 13, 14, 16]) {
  test(`no sum overflows: ${weightBits}-bit weights at their limits, every input firing`, () => {
    const level = largestLevel(weightBits);
    // Just inside and outside of what 8 and 16 bits hold, and far beyond.
    const counts = [7, 15].flatMap((bits) => [Math.floor(2 ** bits / level), Math.floor(2 ** bits / level) + 1]);
    for (const inputCount of new Set([...counts, 700].filter((count) => count > 0 && count <= 5000))) {
      const network = extremeNetwork(weightBits, inputCount);
      const input = randomSpikes(network, 1, 1, randomStream(4));
      const fast = prepareGolden(network);
      assert.equal(fast.obstacle, undefined);
      assert.deepEqual(fast.run(input), runGolden(network, input), `${inputCount} inputs`);
    }
  });
}

test("more samples than fit one block, and more steps than a block has rows", () => {
  for (const [stepCount, sampleCount] of [
    [1, 1500],
    [7, 300],
    [1100, 3],
  ] as const) {
    const network = integerNetwork({ model: "lif", sizes: [5, 7, 3], stepCount, weightBits: 4, seed: 8 });
    const input = randomSpikes(network, sampleCount, 0.3, randomStream(9));
    let last = 0;
    const trace = runGoldenFast(network, input, ({ done }) => (last = done));
    assert.deepEqual(trace, runGolden(network, input));
    assert.equal(last, sampleCount);
  }
});

test("a neuron that never fires is silent in both", () => {
  const network = integerNetwork({ model: "lif", sizes: [5, 9], stepCount: 4, weightBits: 4, seed: 8 });
  const layer = network.layers[0]!;
  const formats = { potential: { bits: 12, fraction: 2 }, coefficientFraction: 4, rounding: "nearest" } as const;
  const neuron = lowerNeuron(neuronSpec("leakyIntegrator"), { unit: 1, input: layer.accumulator, formats });
  const silent = { ...network, layers: [{ ...layer, neuron }] };
  const fast = prepareGolden(silent);
  assert.equal(fast.obstacle, undefined);
  const input = randomSpikes(silent, 2, 0.6, randomStream(9));
  assert.deepEqual(fast.run(input), runGolden(silent, input));
});

test("neurons that only fill up a vector stay silent, even when the others fire without input", () => {
  const network = integerNetwork({ model: "lif", sizes: [5, 35], stepCount: 4, weightBits: 4, seed: 8 });
  const layer = network.layers[0]!;
  const spike = { op: "constant", value: 1, low: 1, high: 1 } as const;
  const always = { ...network, layers: [{ ...layer, neuron: { ...layer.neuron, spike } }] };
  const input = randomSpikes(always, 2, 0.3, randomStream(9));
  const fast = prepareGolden(always);
  assert.equal(fast.obstacle, undefined);
  assert.equal(countSpikes(fast.run(input).layers[0]!), 4 * 2 * 35);
  assert.deepEqual(fast.run(input), runGolden(always, input));
});

test("input bits beyond the last neuron change nothing", () => {
  const network = integerNetwork({ model: "lif", sizes: [5, 9], stepCount: 4, weightBits: 4, seed: 8 });
  const input = randomSpikes(network, 2, 0.3, randomStream(9));
  input.words.forEach((word, i) => (input.words[i] = word | 0xffffff00));
  assert.deepEqual(prepareGolden(network).run(input), runGolden(network, input));
});

const healthy = integerNetwork({
  model: "alif",
  sizes: [40, 37, 6],
  stepCount: 8,
  weightBits: 4,
  seed: Number(process.env.SEED),
});

/** Prints kernels in which one operation is another one. */
function withWrong(from: kernel.Operation, to: kernel.Operation) {
  return (kernels: readonly kernel.Kernel[]): Uint8Array<ArrayBuffer> => {
    const text = JSON.stringify(kernels);
    assert.ok(text.includes(`"${from}"`), `${from} is used`);
    return printModule(JSON.parse(text.replaceAll(`"${from}"`, `"${to}"`)) as kernel.Kernel[]);
  };
}

for (const [from, to] of [
  ["b.add", "h.add"],
  ["h.add", "b.add"],
  ["b.bitmask", "v.bitmask"],
  ["w.mul", "w.add"],
  ["w.add", "w.sub"],
  ["w.shr_s", "w.shr_u"],
  ["w.gt_s", "w.eq"],
  ["w.max_s", "w.min_s"],
  ["i32.popcnt", "i32.ctz"],
  ["i32.eq", "i32.ne"],
] as const) {
  test(`a kernel with ${to} instead of ${from} is found by the self-check and not used`, () => {
    const broken = prepareGolden(healthy, withWrong(from, to));
    assert.equal(broken.obstacle, '"layer0": its kernel differs from the golden model');
    const input = randomSpikes(healthy, 3, 0.3, randomStream(6));
    assert.deepEqual(broken.run(input), runGolden(healthy, input));
  });
}

test("every layer is compared, not only the first", () => {
  const [, last] = healthy.layers;
  const broken = prepareGolden(healthy, (kernels) => {
    const wrong = kernels.map((k) => (k.name === "layer1" ? { ...k, body: [] } : k));
    return printModule(wrong);
  });
  assert.equal(broken.obstacle, `"${last!.name}": its kernel differs from the golden model`);
});

test("without vectors, or with a kernel outside its memory, the golden model runs", () => {
  const outside = (kernels: readonly kernel.Kernel[]) => {
    const store = new kernel.KernelBuilder("", 0);
    store.store(kernel.i32(-4), 0, kernel.i32(1));
    return printModule(kernels.map((k) => ({ ...k, body: store.finish().body })));
  };
  for (const print of [outside, () => Uint8Array.of(1, 2, 3)]) {
    const none = prepareGolden(healthy, print);
    assert.match(none.obstacle ?? "", /^WebAssembly: /);
    const input = randomSpikes(healthy, 2, 0.3, randomStream(6));
    assert.deepEqual(none.run(input), runGolden(healthy, input));
  }
});

test("what would need gigabytes is not compiled", () => {
  const long = { ...healthy, stepCount: 2 ** 24 };
  assert.match(prepareGolden(long).obstacle ?? "", /^it needs \d{10} bytes, a module gets 1073741824$/);
});

test("what cannot be proven to stay in its format runs on the golden model, which notices", () => {
  const [first, last] = [healthy.layers[0]!, healthy.layers[1]!];
  const weights = first.weights.map((weight) => -weight);
  const changed = { ...healthy, layers: [{ ...first, weights }, last] };
  const fast = prepareGolden(changed);
  assert.match(fast.obstacle ?? "", /^"layer0": the accumulator is .*, its weights give /);
  assert.throws(
    () => fast.run(randomSpikes(healthy, 1, 1, randomStream(6))),
    (error: UserError) => error.code === "golden/outside-format",
  );
});

test("what needs more than 32 bits, or more inputs than a list can name, runs on the golden model", () => {
  const bits31 = { bits: 31, fraction: 0 };
  const [low, high] = [-(2 ** 30), 2 ** 30 - 1];
  const v = { op: "reference", name: "v", low, high } as const;
  const two = { op: "constant", value: -2, low: -2, high: -2 } as const;
  const product = { op: "mul", a: v, b: two, low: -2 * high, high: 2 ** 31 } as const;
  const next = { v: { op: "clamp", a: product, low, high } } as const;
  const layer = healthy.layers[0]!;
  const neuron = { ...layer.neuron, state: [{ name: "v", format: bits31 }], spike: two, next };
  const never = { op: "constant", value: 0, low: 0, high: 0 } as const;
  const wide = { ...healthy, layers: [{ ...layer, neuron: { ...neuron, spike: never } }] };
  assert.equal(prepareGolden(wide).obstacle, '"layer0": mul of the neuron is -2147483646…2147483648, outside 32 bits');
  const inputCount = 2 ** 16 + 1;
  const many = extremeNetwork(2, inputCount);
  assert.equal(prepareGolden(many).obstacle, '"only": 65537 inputs, event lists name at most 65535');
});

test("an input of another shape is refused as the golden model refuses it", () => {
  const input = spikeTrain({ stepCount: 3, sampleCount: 1, neuronCount: 40 });
  const prepared = prepareGolden(healthy);
  assert.equal(prepared.obstacle, undefined);
  for (const run of [runGolden, runGoldenFast]
    .map((golden) => (spikes: SpikeTrain) => golden(healthy, spikes))
    .concat(prepared.run)) {
    assert.throws(
      () => run(input),
      (error: UserError) => error.message === '"random": expected 8 steps of 40 inputs, got 3 of 40',
    );
  }
});
