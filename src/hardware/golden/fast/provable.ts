// What the kernels can run exactly. They check nothing while they run, so everything that the golden model would notice must be
// impossible beforehand.

import { integerOrder } from "../../../model/neuron/index.ts";
import { checkPackedNetwork } from "../check-packed.ts";
import type { IntegerNetwork } from "../integer-network.ts";
import { packNetwork } from "../packed-network.ts";

/** Events are listed as unsigned 16-bit numbers; the one behind the last input fills lists up. */
const mostInputs = 2 ** 16 - 1;

/** Why the network cannot run in 32-bit lanes with nothing ever outside its format; undefined when it can. */
export function findObstacle(network: IntegerNetwork): string | undefined {
  const [problem] = checkPackedNetwork(packNetwork(network));
  if (problem !== undefined) return `${problem.path}: ${problem.message}`;
  if (network.inputUnion !== undefined) return "its input is pooled, which only the golden model does";
  for (const { name, inputCount, neuron, convolution, isRecurrent, bias, union } of network.layers) {
    const only = "which only the golden model runs";
    if (convolution !== undefined) return `"${name}" is a convolution, ${only}`;
    if (isRecurrent === true) return `"${name}" is recurrent, ${only}`;
    if (bias !== undefined) return `"${name}" has a bias, ${only}`;
    if (union !== undefined) return `the spikes of "${name}" are pooled, ${only}`;
    if (inputCount > mostInputs) return `"${name}": ${inputCount} inputs, event lists name at most ${mostInputs}`;
    const wide = integerOrder([neuron.spike, ...Object.values(neuron.next)]).find(
      ({ low, high }) => low < -(2 ** 31) || high >= 2 ** 31,
    );
    if (wide !== undefined) {
      return `"${name}": ${wide.op} of the neuron is ${wide.low}…${wide.high}, outside 32 bits`;
    }
  }
  return undefined;
}
