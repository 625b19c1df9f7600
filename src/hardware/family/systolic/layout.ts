import { assertDefined, unsignedBits } from "../../../base/index.ts";
import { checkFullyConnected } from "../check-core.ts";
import type { MappedMemory } from "../family.ts";
import { geometryOf } from "../geometry.ts";
import type { Layout } from "../layout.ts";
import { memoryOf } from "../memory.ts";

/** Lanes are the columns of a layer's array; spikes are kept as one word of all steps per input. */
export const layout: Layout = {
  name: "systolic",
  storages: ["dense"],
  checkLayer: (layer) => checkFullyConnected(layer, { feedback: "weights pass once for all steps of a sample" }),
  memories: (network, index, choice, weightPlace) => {
    const layer = assertDefined(network.layers[index], "layer");
    const { groups, wordBits, biasBits, lanes, inputBits, sumBits } = geometryOf(layer, choice.lanes[index] ?? 1);
    const { stepCount } = network;
    const { inputCount, weightBits, weights } = layer;
    const logicalBits = weights.length * weightBits;
    const found: MappedMemory[] = [
      memoryOf(layer, {
        role: "weights",
        depth: inputCount * groups,
        width: wordBits,
        logicalBits,
        place: weightPlace,
      }),
      memoryOf(layer, { role: "events", depth: inputCount, width: inputBits + stepCount }),
      ...Array.from({ length: lanes }, () =>
        memoryOf(layer, { role: "accumulator", depth: stepCount, width: sumBits }),
      ),
    ];
    if (index === 0) found.push(memoryOf(layer, { role: "spikes", depth: inputCount, width: stepCount }));
    if (layer.bias !== undefined) found.push(memoryOf(layer, { role: "bias", depth: groups, width: lanes * biasBits }));
    if (index < network.layers.length - 1) return found;
    return [...found, memoryOf(layer, { role: "counts", depth: layer.neuronCount, width: unsignedBits(stepCount) })];
  },
};
