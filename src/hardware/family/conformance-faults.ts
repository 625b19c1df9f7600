// Damaged hardware, for tests: the golden model with faults and the emitted design with the same faults give the same spikes.

import { assert, randomStream, type RandomStream } from "../../base/index.ts";
import { stateBitsOf } from "../../model/neuron/index.ts";
import { runFaulty, type Fault, type IntegerNetwork } from "../golden/index.ts";
import { describeMismatch, verifyDesign } from "../rtl/index.ts";
import { prepareShape, type ShapeCase } from "./conformance-shapes.ts";
import { disturb, families, memoryFaults, weightPlace, type Mapping } from "./index.ts";

/** Every kind of fault at once, on every layer; the RTL must follow, and must not when its memories stay whole. */
export async function checkFaultyShape(name: string, item: ShapeCase): Promise<void> {
  const prepared = prepareShape(name, item);
  const { network, mapping } = prepared;
  const faults = someFaults(mapping, randomStream(5, name));
  const trace = runFaulty(network, prepared.trace.input, faults);
  assert(
    trace.counts.some((count, i) => count !== prepared.trace.counts[i]),
    "faults that change nothing prove nothing",
  );
  const design = families[mapping.choice.family].emit(mapping, faults);
  const options = { ...prepared, trace, design };
  const report = await verifyDesign({ ...options, faults: memoryFaults(mapping, faults) });
  assert(report.mismatch === undefined, report.mismatch === undefined ? "" : describeMismatch(report.mismatch));
  assert(!(await verifyDesign({ ...options, faults: [] })).passed, "the faults of memories change nothing");
}

/** A design with every protection: what its memories go through and what the golden model is told give the same spikes. */
export async function checkProtectedShape(name: string, item: ShapeCase): Promise<void> {
  const protection = ["parity", "triple", "saturate"] as const;
  const prepared = prepareShape(name, { ...item, choice: { ...item.choice, protection } });
  const { network, mapping } = prepared;
  assert((await verifyDesign(prepared)).passed, "protection changes spikes or cycles of a healthy design");
  for (const [kind, rate] of [
    ["weight-bit", 0.15],
    ["state-bit", 0.1],
    ["stuck-bit", 0.3],
  ] as const) {
    const { faults, memory, hitCount } = disturb(mapping, {
      kind,
      rate,
      sampleCount: 6,
      random: randomStream(9, kind),
    });
    const trace = runFaulty(network, prepared.trace.input, faults, { saturates: true });
    assert(
      hitCount > 0 && trace.counts.some((count, i) => count !== prepared.trace.counts[i]),
      `${kind} changes nothing`,
    );
    const { mismatch } = await verifyDesign({ ...prepared, trace, faults: memory });
    assert(mismatch === undefined, mismatch === undefined ? "" : `${kind}: ${describeMismatch(mismatch)}`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function someFaults(mapping: Mapping, random: RandomStream): Fault[] {
  const faults = mapping.network.layers.flatMap((_, index) => layerFaultList(mapping, index, random));
  const lanes = mapping.layers[0]?.lanes ?? 1;
  return lanes > 1 ? [...faults, { kind: "dead-lane", layer: 0, lane: 1, lanes }] : faults;
}

function layerFaultList(mapping: Mapping, index: number, random: RandomStream): Fault[] {
  const { network } = mapping;
  const layer = network.layers[index];
  if (layer === undefined) return [];
  const stateBits = stateBitsOf(layer.neuron);
  const place = (): { readonly layer: number; readonly neuron: number; readonly bit: number } => ({
    layer: index,
    neuron: random.integer(layer.neuronCount),
    bit: random.integer(stateBits),
  });
  const faults: Fault[] = [{ kind: "lossy-events", layer: index, drop: 9000, spurious: 20_000, seed: 77 + index }];
  for (let i = 0; i < 6; i++) {
    const [weight, bit] = [random.integer(layer.weights.length), random.integer(layer.weightBits)];
    if (weightPlace(mapping, index, weight, bit) !== undefined) {
      faults.push({ kind: "weight-bit", layer: index, weight, bit });
    }
    faults.push({ kind: "stuck-bit", ...place(), value: i % 2 === 0 ? 0 : 1 });
  }
  for (let i = 0; i < 40; i++) faults.push({ kind: "state-bit", ...place(), ...moment(network, random) });
  return faults;
}

function moment(network: IntegerNetwork, random: RandomStream): { readonly sample: number; readonly step: number } {
  return { sample: random.integer(6), step: random.integer(network.stepCount) };
}
