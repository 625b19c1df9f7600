import { assert, assertDefined, signedRange, throwProblems, type Problem } from "../../base/index.ts";
import { evaluateInteger } from "../../model/neuron/index.ts";
import type { IntegerLayer, IntegerNetwork } from "../golden/index.ts";
import type { Target } from "../target/index.ts";
import type { Family, HardwareChoice, MappedLayer, MappedMemory, Mapping } from "./family.ts";
import type { Layout } from "./layout.ts";

/** Addresses that a host word can carry. */
const largestInputCount = 2 ** 14;
/** Counts that a result word can carry. */
const largestStepCount = 2 ** 15 - 1;

/** How a family with this layout checks and maps. */
export function mapperOf(layout: Layout): Pick<Family, "check" | "map"> {
  const built = (network: IntegerNetwork, choice: HardwareChoice): HardwareChoice =>
    layout.fixedLanes === undefined ? choice : { ...choice, lanes: network.layers.map(layout.fixedLanes) };
  return {
    check: (network, choice, target) => checkChoice(layout, network, built(network, choice), target),
    map: (network, choice, target) => mapNetwork(layout, network, built(network, choice), target),
  };
}

/** RAM blocks of one kind that a mapping occupies. */
export function blocksUsed(layers: readonly (readonly MappedMemory[])[], place: MappedMemory["place"]): number {
  return layers.flat().reduce((sum, memory) => sum + (memory.place === place ? memory.blocks : 0), 0);
}

// ---------------------------------------------------------------------------------------------------------------------

/** Everything that stops a network from running on a target with these choices. */
function checkChoice(layout: Layout, network: IntegerNetwork, choice: HardwareChoice, target: Target): Problem[] {
  const problems: Problem[] = [];
  const report = (code: string, path: string, message: string, hint: string): void => {
    problems.push({ code, path, message, hint });
  };
  if (choice.lanes.length !== network.layers.length) {
    const expected = `expected one number of lanes per layer (${network.layers.length}), got ${choice.lanes.length}`;
    return [{ code: "fit/lanes", path: "lanes", message: expected }];
  }
  if (!layout.storages.includes(choice.weightStorage)) {
    const message = `family "${layout.name}" does not read weights stored as "${choice.weightStorage}"`;
    report("fit/storage", "weightStorage", message, `use "${layout.storages.join('" or "')}"`);
  }
  const unknown = choice.protection?.find((name) => layout.protections?.includes(name) !== true);
  if (unknown !== undefined) {
    const message = `family "${layout.name}" has no protection "${unknown}"`;
    report("fit/protection", "protection", message, 'use family "layer-pipeline", or none');
  }
  if (network.inputCount > largestInputCount) {
    const message = `${network.inputCount} inputs, a host word addresses ${largestInputCount}`;
    report("fit/inputs", network.layers[0]?.name ?? network.name, message, "pool or crop the input");
  }
  if (network.stepCount > largestStepCount) {
    const message = `${network.stepCount} steps, a result word counts to ${largestStepCount}`;
    report("fit/steps", network.name, message, "use fewer time steps");
  }
  network.layers.forEach((layer, index) => {
    const lanes = choice.lanes[index] ?? 0;
    if (!Number.isInteger(lanes) || lanes < 1 || lanes > layer.neuronCount) {
      const message = `expected 1…${layer.neuronCount} lanes for ${layer.neuronCount} neurons, got ${lanes}`;
      report("fit/lanes", layer.name, message, `use ${Math.min(8, layer.neuronCount)} lanes`);
      return;
    }
    const core = layout.checkLayer(layer, choice, lanes);
    if (core !== undefined) problems.push(core);
    else if (firesAtRest(layer)) {
      report("fit/restless", layer.name, "a neuron without input fires in the first step", "use a threshold above 0");
    }
  });
  if (problems.length > 0) return problems;
  return checkMemories(layout, network, choice, target);
}

/** Lay a network out: groups of neurons, and every memory with its place. */
function mapNetwork(layout: Layout, network: IntegerNetwork, choice: HardwareChoice, target: Target): Mapping {
  throwProblems(checkChoice(layout, network, choice, target), "not-met");
  const memories = assertDefined(placeMemories(layout, network, choice, target), "placed memories");
  const layers = network.layers.map((layer, index): MappedLayer => {
    const lanes = assertDefined(choice.lanes[index], "lanes");
    return {
      name: layer.name,
      inputCount: layer.inputCount,
      neuronCount: layer.neuronCount,
      lanes,
      groups: Math.ceil(layer.neuronCount / lanes),
      memories: assertDefined(memories[index], "memories"),
    };
  });
  return { kind: "mapping", choice, network, target, layers };
}

/** Weights lie in block RAM; the largest move to single-port RAM until the rest fits. Undefined when nothing fits. */
function placeMemories(
  layout: Layout,
  network: IntegerNetwork,
  choice: HardwareChoice,
  target: Target,
): readonly (readonly MappedMemory[])[] | undefined {
  const bySize = network.layers
    .map((layer, index) => ({ index, size: layer.weights.length * layer.weightBits }))
    .sort((a, b) => b.size - a.size)
    .map(({ index }) => index);
  for (let moved = 0; moved <= bySize.length; moved++) {
    const outside = new Set(bySize.slice(0, moved));
    const memories = network.layers.map((_, index) =>
      layout.memories(network, index, choice, outside.has(index) ? "single-port-ram" : "block-ram"),
    );
    const fits =
      blocksUsed(memories, "block-ram") <= target.limits.blockRams.value &&
      blocksUsed(memories, "single-port-ram") <= target.limits.singlePortRams.value;
    if (fits) return memories;
  }
  return undefined;
}

function checkMemories(layout: Layout, network: IntegerNetwork, choice: HardwareChoice, target: Target): Problem[] {
  if (placeMemories(layout, network, choice, target) !== undefined) return [];
  const memories = network.layers.map((_, index) => layout.memories(network, index, choice, "block-ram"));
  const largest = memories
    .flat()
    .reduce((a, b) => (b.blocks > a.blocks ? b : a), assertDefined(memories[0]?.[0], "memory"));
  const needed = blocksUsed(memories, "block-ram");
  const { blockRams, singlePortRams } = target.limits;
  const spare = singlePortRams.value > 0 ? ` and ${singlePortRams.value} single-port RAMs` : "";
  return [
    {
      code: "fit/block-rams",
      path: largest.layer,
      message: `target "${target.name}": the design needs ${needed} block RAMs (${largest.blocks} for the ${largest.role} of "${largest.layer}"), there are ${blockRams.value}${spare}`,
      hint: "use fewer lanes, compressed or narrower weights, or a smaller network; lacuna fit tries them",
    },
  ];
}

/** Unused lanes of the last group hold zeros for ever: they must not fire. */
function firesAtRest(layer: IntegerLayer): boolean {
  const { neuron } = layer;
  const rest = Object.fromEntries([["input", 0], ...neuron.state.map(({ name }) => [name, 0] as const)]);
  for (const { format } of neuron.state) assert(signedRange(format.bits).low <= 0, "a state format holds 0");
  return evaluateInteger(neuron.spike, rest) !== 0;
}
