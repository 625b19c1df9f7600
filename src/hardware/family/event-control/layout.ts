import { assertDefined, unsignedBits } from "../../../base/index.ts";
import { checkFullyConnected } from "../check-core.ts";
import { geometryOf } from "../geometry.ts";
import type { Layout } from "../layout.ts";
import { memoryOf } from "../memory.ts";
import type { MappedMemory } from "../family.ts";

/** A layer stays with one group of neurons for a whole sample; so spikes are kept, sums and states are not. */
export const layout: Layout = {
  name: "event-control",
  storages: ["dense"],
  checkLayer: (layer) =>
    checkFullyConnected(layer, { feedback: "the neurons of a group are updated for all steps at once" }),
  memories: (network, index, choice, weightPlace) => {
    const layer = assertDefined(network.layers[index], "layer");
    const { groups, wordBits, biasBits, lanes, inputBits } = geometryOf(layer, choice.lanes[index] ?? 1);
    const { stepCount } = network;
    const logicalBits = layer.weights.length * layer.weightBits;
    const found: MappedMemory[] = [
      memoryOf(layer, {
        role: "weights",
        depth: layer.inputCount * groups,
        width: wordBits,
        logicalBits,
        place: weightPlace,
      }),
      memoryOf(layer, { role: "events", depth: stepCount * (layer.inputCount + 1), width: inputBits + 1 }),
    ];
    if (layer.bias !== undefined) found.push(memoryOf(layer, { role: "bias", depth: groups, width: lanes * biasBits }));
    if (index < network.layers.length - 1) {
      found.push(memoryOf(layer, { role: "spikes", depth: stepCount * groups, width: lanes }));
    } else found.push(memoryOf(layer, { role: "counts", depth: layer.neuronCount, width: unsignedBits(stepCount) }));
    return found;
  },
};
