import type { EventTrace, IntegerNetwork } from "../golden/index.ts";
import { countEvents } from "../golden/index.ts";
import { assertDefined } from "../../base/index.ts";

/**
 * Lanes for every layer so that their work per step is about equal: starting from one each, the slowest layer gets the next lane,
 * until `lanes` are given out in total. Work is spikes · groups plus one update pass, as the layer pipeline spends its cycles.
 */
export function balanceLanes(network: IntegerNetwork, trace: EventTrace, lanes: number): number[] {
  const { layers } = countEvents(network, trace);
  const steps = Math.max(1, trace.stepCount * trace.sampleCount);
  const given = network.layers.map(() => 1);
  const cost = (index: number): number => {
    const { neuronCount } = assertDefined(network.layers[index], "layer");
    const groups = Math.ceil(neuronCount / (given[index] ?? 1));
    return (assertDefined(layers[index], "events").spikesIn / steps + 1) * groups;
  };
  for (let left = lanes - given.length; left > 0; left--) {
    const growing = given
      .map((_, index) => index)
      .filter((l) => (given[l] ?? 1) < (network.layers[l]?.neuronCount ?? 1));
    if (growing.length === 0) break;
    const slowest = growing.reduce((a, b) => (cost(b) > cost(a) ? b : a));
    given[slowest] = (given[slowest] ?? 1) + 1;
  }
  return given;
}
