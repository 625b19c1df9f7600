import { assertDefined, unsignedBits } from "../../../base/index.ts";
import { eventCount } from "../../golden/index.ts";
import { checkFullyConnected } from "../check-core.ts";
import type { MappedMemory } from "../family.ts";
import { geometryOf } from "../geometry.ts";
import type { Layout } from "../layout.ts";
import { memoryOf } from "../memory.ts";

/** Every neuron exists; only weights lie in RAM, a row of all neurons to a word. */
export const layout: Layout = {
  name: "clock-driven",
  storages: ["dense"],
  fixedLanes: ({ neuronCount }) => neuronCount,
  checkLayer: (layer) => checkFullyConnected(layer, { feedback: undefined }),
  memories: (network, index, choice, weightPlace) => {
    const layer = assertDefined(network.layers[index], "layer");
    const { neuronCount } = layer;
    const { wordBits, biasBits, sumBits, stateBits } = geometryOf(layer, neuronCount);
    const registers = (role: MappedMemory["role"], width: number): MappedMemory =>
      memoryOf(layer, { role, depth: neuronCount, width, place: "registers" });
    const found: MappedMemory[] = [
      memoryOf(layer, { role: "weights", depth: eventCount(layer), width: wordBits, place: weightPlace }),
      registers("accumulator", sumBits),
      registers("state", stateBits),
      registers("spikes", 1),
    ];
    if (layer.bias !== undefined)
      found.push(memoryOf(layer, { role: "bias", depth: 1, width: neuronCount * biasBits }));
    if (index < network.layers.length - 1) return found;
    return [...found, memoryOf(layer, { role: "counts", depth: neuronCount, width: unsignedBits(network.stepCount) })];
  },
};
