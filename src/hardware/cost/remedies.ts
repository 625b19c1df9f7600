// What would make a design fit: each remedy is tried before it is recommended. Those that leave the network as it is come first.

import { assertDefined } from "../../base/index.ts";
import { families, familyNames, type HardwareChoice } from "../family/index.ts";
import { eventCount, type IntegerLayer } from "../golden/index.ts";
import { targets } from "../target/index.ts";
import { evenLanes, fastestLanes, judgeFit, type Candidate } from "./fitting.ts";

export interface Remedy {
  readonly kind: "lanes" | "storage" | "family" | "target" | "weight-bits" | "sparsity" | "neurons";
  /** What is done to the model before; undefined when only hardware changes. */
  readonly before: string | undefined;
  /** Flags to type, of `fit` and `rtl`: all that differ from what was asked for. */
  readonly flags: readonly string[];
  /** What must be measured again; undefined when results do not change. */
  readonly measureAgain: string | undefined;
  /** Estimated; undefined when the family has no estimate. */
  readonly cells: number | undefined;
  /** What was tried and fits. */
  readonly candidate: Candidate;
}

/** A change without its lanes. */
type Change = Pick<Candidate, "network" | "target"> & { readonly choice: Omit<HardwareChoice, "lanes"> };
type Words = Pick<Remedy, "kind"> &
  Partial<Pick<Remedy, "before" | "measureAgain">> & {
    /** Most lanes of a layer to try. Default: several. */
    readonly mosts?: readonly number[];
  };

const accuracy = "accuracy on the test split (lacuna eval)";

/** Remedies that fit, the smallest changes first; none when nothing that is known helps. */
export function findRemedies(asked: Candidate): Remedy[] {
  return [
    ...tryAll(asked, hardwareChanges(asked), fastestLanes),
    ...tryFirst(asked, weightBitChanges(asked)),
    ...tryFirst(asked, sparsityChanges(asked)),
    ...tryFirst(asked, neuronChanges(asked)),
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

/** Lanes, then storage, family and target, each alone with the fastest lanes for it. */
function hardwareChanges({ network, choice, target }: Candidate): [Words, Change][] {
  const storages = families[choice.family].storages.filter((storage) => storage !== choice.weightStorage);
  const others = familyNames.filter((name) => name !== choice.family && families[name].areCellsFitted);
  const chips = Object.values(targets).filter(({ name }) => name !== target.name);
  return [
    [{ kind: "lanes" }, { network, choice, target }],
    ...storages.map((weightStorage): [Words, Change] => [
      { kind: "storage" },
      { network, choice: { ...choice, weightStorage }, target },
    ]),
    ...others.map((family): [Words, Change] => [
      { kind: "family" },
      { network, choice: { ...choice, family }, target },
    ]),
    ...chips.map((chip): [Words, Change] => [{ kind: "target" }, { network, choice, target: chip }]),
  ];
}

/** No weight becomes zero, and accumulators and potentials keep their widths, so that nothing is promised that only some roundings save. */
function* weightBitChanges({ network, choice, target }: Candidate): Generator<[Words, Change]> {
  const widest = Math.max(...network.layers.map(({ weightBits }) => weightBits));
  for (let bits = widest - 1; bits >= 2; bits--) {
    const before = `lacuna quantize <model> --bits ${bits} --model quantized.lacuna`;
    const narrow = (layer: IntegerLayer): IntegerLayer => {
      if (layer.weightBits <= bits) return layer;
      const dropped = layer.weightBits - bits;
      return {
        ...layer,
        weightBits: bits,
        weights: layer.weights.map((weight) => (weight === 0 ? 0 : weight >> dropped || 1)),
      };
    };
    const changed = { ...network, layers: network.layers.map(narrow) };
    yield [
      { kind: "weight-bits", before, measureAgain: accuracy },
      { network: changed, choice, target },
    ];
  }
}

/** As many groups of weights are kept as the sparsity leaves, evenly spread: an estimate of what pruning in blocks keeps. */
function* sparsityChanges({ network, choice, target }: Candidate): Generator<[Words, Change]> {
  if (!families[choice.family].storages.includes("blocks")) return;
  for (const sparsity of [0.5, 0.75, 0.9, 0.95]) {
    for (const block of [8, 2]) {
      const before = `lacuna sparsify <model> --structure block --block ${block} --sparsity ${sparsity} --model sparse.lacuna`;
      const changed = { ...network, layers: network.layers.map((layer) => keepBlocks(layer, block, 1 - sparsity)) };
      const blocks: HardwareChoice = { ...choice, weightStorage: "blocks" };
      const measureAgain = `${accuracy}, and fit: stored groups are estimated`;
      yield [
        { kind: "sparsity", before, measureAgain },
        { network: changed, choice: blocks, target },
      ];
    }
  }
}

function keepBlocks(layer: IntegerLayer, block: number, share: number): IntegerLayer {
  if (layer.convolution !== undefined) return layer;
  const { neuronCount } = layer;
  const groups = Math.ceil(neuronCount / block);
  const weights = new Int16Array(layer.weights.length);
  for (let row = 0; row < eventCount(layer); row++) {
    for (let group = 0; group < groups; group++) {
      const at = row * groups + group;
      if (Math.floor((at + 1) * share) === Math.floor(at * share)) continue;
      const end = Math.min(neuronCount, (group + 1) * block);
      weights.fill(1, row * neuronCount + group * block, row * neuronCount + end);
    }
  }
  return { ...layer, weights };
}

/** The hidden layer with the most weights on both sides loses neurons. */
function* neuronChanges({ network, choice, target }: Candidate): Generator<[Words, Change]> {
  const { layers } = network;
  const weightsAt = (index: number): number =>
    (layers[index]?.weights.length ?? 0) + (layers[index + 1]?.weights.length ?? 0);
  const [largest] = layers
    .map((_, index) => index)
    .filter((index) => canShrink(layers[index], layers[index + 1]))
    .sort((a, b) => weightsAt(b) - weightsAt(a));
  if (largest === undefined) return;
  const { name, neuronCount } = assertDefined(layers[largest], "layer");
  for (const share of [3 / 4, 1 / 2, 1 / 4, 1 / 8]) {
    const count = Math.max(1, Math.round((neuronCount * share) / 4) * 4);
    if (count >= neuronCount) continue;
    const before = `give "${name}" ${count} neurons instead of ${neuronCount} and train again`;
    const changed = { ...network, layers: shrink(layers, largest, count) };
    yield [
      { kind: "neurons", before, measureAgain: accuracy },
      { network: changed, choice, target },
    ];
  }
}

function canShrink(layer: IntegerLayer | undefined, next: IntegerLayer | undefined): boolean {
  const isPlain = (one: IntegerLayer | undefined): boolean =>
    one !== undefined && one.convolution === undefined && one.union === undefined && one.isRecurrent !== true;
  return isPlain(layer) && isPlain(next);
}

/** Its first `count` neurons, and the rows behind them in the next layer. */
function shrink(layers: readonly IntegerLayer[], index: number, count: number): IntegerLayer[] {
  return layers.map((layer, l): IntegerLayer => {
    if (l === index + 1)
      return { ...layer, inputCount: count, weights: layer.weights.slice(0, count * layer.neuronCount) };
    if (l !== index) return layer;
    const weights = new Int16Array(layer.inputCount * count);
    for (let row = 0; row < layer.inputCount; row++) {
      weights.set(layer.weights.subarray(row * layer.neuronCount, row * layer.neuronCount + count), row * count);
    }
    return { ...layer, neuronCount: count, weights, bias: layer.bias?.slice(0, count) };
  });
}

/** The smallest change of a kind that fits, with the lanes that were asked for or, when those do not fit, the most even ones that do. */
function tryFirst(asked: Candidate, changes: Iterable<[Words, Change]>): Remedy[] {
  for (const change of changes) {
    const [found] = tryAll(asked, [change], (network, choice, target) => {
      const { lanes } = asked.choice;
      const isFitting = judgeFit({ network, choice: { ...choice, lanes }, target }).problems.length === 0;
      return isFitting ? lanes : evenLanes(network, choice, target, change[0].mosts);
    });
    if (found !== undefined) return [found];
  }
  return [];
}

function tryAll(asked: Candidate, changes: readonly [Words, Change][], lanesFor: typeof fastestLanes): Remedy[] {
  return changes.flatMap(([words, { network, choice, target }]) => {
    const lanes = lanesFor(network, choice, target);
    if (lanes === undefined) return [];
    const candidate: Candidate = { network, choice: { ...choice, lanes }, target };
    const { problems, cells } = judgeFit(candidate);
    if (problems.length > 0) return [];
    const { kind, before, measureAgain } = words;
    return [{ kind, before, measureAgain, flags: flagsOf(asked, candidate), cells, candidate }];
  });
}

function flagsOf(asked: Candidate, { choice, target }: Candidate): string[] {
  const lanes = choice.lanes.join(",");
  return [
    ...(target.name === asked.target.name ? [] : [`--target ${target.name}`]),
    ...(choice.family === asked.choice.family ? [] : [`--family ${choice.family}`]),
    ...(choice.weightStorage === asked.choice.weightStorage ? [] : [`--storage ${choice.weightStorage}`]),
    ...(lanes === asked.choice.lanes.join(",") ? [] : [`--lanes ${lanes}`]),
  ];
}
