import { pJ } from "../../base/index.ts";

/** Energy per basic event under one set of published constants. */
export interface CostProfile {
  readonly name: string;
  readonly title: string;
  /** What the constants are and how strong their evidence is. */
  readonly evidence: string;
  /** One addition of so many bits, in joules; undefined when the profile prices whole synaptic operations instead. */
  readonly add: ((bits: number) => number) | undefined;
  /** One multiplication of two integers, in joules. */
  readonly multiply: ((aBits: number, bBits: number) => number) | undefined;
  /** One bit read from or written to a memory of so many bits, in joules. */
  readonly memoryBit: ((memoryBits: number) => number) | undefined;
  /** One synaptic operation with everything that belongs to it, in joules. */
  readonly synapticOperation: number | undefined;
  /** One dense multiply-accumulate of the artificial baseline, in joules. */
  readonly multiplyAccumulate: number | undefined;
  /** One membrane update of a neuron, in joules. */
  readonly neuronUpdate: number | undefined;
  readonly source: string;
}

/** SRAM energy per 64-bit access by capacity in bytes. */
const sramPoints = [
  { bytes: 0, energy: 0 },
  { bytes: 8192, energy: 10 },
  { bytes: 32768, energy: 20 },
  { bytes: 1048576, energy: 100 },
] as const;

const horowitz = "M. Horowitz, ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, 45 nm, 0.9 V";

/** Integer arithmetic and SRAM by size: compute and memory of a small digital design. */
export const integerProfile: CostProfile = {
  name: "45 nm integer",
  title: "45 nm integer arithmetic and SRAM",
  evidence: "published per-operation energies, interpolated by width and memory size; not calibrated for any FPGA",
  add: (bits) =>
    pJ(
      interpolate(
        [
          { x: 0, y: 0 },
          { x: 8, y: 0.03 },
          { x: 32, y: 0.1 },
        ],
        bits,
      ),
    ),
  multiply: (a, b) =>
    pJ(
      interpolate(
        [
          { x: 0, y: 0 },
          { x: 64, y: 0.2 },
          { x: 1024, y: 3.1 },
        ],
        a * b,
      ),
    ),
  memoryBit: (bits) =>
    pJ(
      interpolate(
        sramPoints.map(({ bytes, energy }) => ({ x: bytes, y: energy / 64 })),
        bits / 8,
      ),
    ),
  synapticOperation: undefined,
  multiplyAccumulate: undefined,
  neuronUpdate: undefined,
  source: horowitz,
};

/** What most papers of the field do: 0.9 pJ per accumulate, 4.6 pJ per multiply-accumulate, memory free of charge. */
export const floatProfile: CostProfile = {
  name: "fp32 compute only",
  title: "32-bit float arithmetic, memory not counted",
  evidence: "the usual estimate of papers; omits memory, which is most of the energy",
  add: undefined,
  multiply: undefined,
  memoryBit: undefined,
  synapticOperation: pJ(0.9),
  multiplyAccumulate: pJ(4.6),
  neuronUpdate: undefined,
  source: horowitz,
};

/** The same network's events at the per-event energies published for Loihi. */
export const loihiProfile: CostProfile = {
  name: "Loihi events",
  title: "events priced as on Loihi",
  evidence: "pre-silicon simulation at 0.75 V; a comparison of event counts, not a prediction for this design",
  add: undefined,
  multiply: undefined,
  memoryBit: undefined,
  synapticOperation: pJ(23.6),
  multiplyAccumulate: undefined,
  neuronUpdate: pJ(81),
  source: "M. Davies et al., IEEE Micro 38(1), 2018, table 2, doi:10.1109/MM.2018.112130359",
};

/** All profiles; the first is the one of the headline. */
export const profiles: readonly CostProfile[] = [integerProfile, floatProfile, loihiProfile];

// ---------------------------------------------------------------------------------------------------------------------

/** Piecewise linear; beyond the last point the last slope goes on. */
function interpolate(points: readonly { readonly x: number; readonly y: number }[], x: number): number {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (a === undefined || b === undefined) break;
    if (x <= b.x || i === points.length - 1) return a.y + ((x - a.x) * (b.y - a.y)) / (b.x - a.x);
  }
  return 0;
}
