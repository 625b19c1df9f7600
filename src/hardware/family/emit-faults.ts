// Faults that become part of the emitted core: lossy event streams and dead lanes. Those of memories are changed in the simulator.

import type { Fault, LossyEvents } from "../golden/index.ts";
import { placeSeed } from "../golden/index.ts";

/** The stream that feeds a layer's fetch, and the lines that make it. */
export interface SourceText {
  readonly stream: string;
  readonly lines: readonly string[];
}

/** A layer's input stream, or what a saboteur leaves of it. */
export function sourceText(
  faults: readonly Fault[],
  index: number,
  { addressBits, events }: { readonly addressBits: number; readonly events: number },
): SourceText {
  const lossy = lossyOf(faults, index);
  if (lossy === undefined) return { stream: `in${index}`, lines: [] };
  const [from, to] = [`in${index}`, `kept${index}`];
  const lines = [
    `  logic ${to}_valid, ${to}_ready, ${to}_end, ${to}_last;`,
    `  logic [${addressBits - 1}:0] ${to}_address;`,
    "  event_saboteur #(",
    `    .AddressBits(${addressBits}), .Events(${events}), .Drop(${lossy.drop}), .Spurious(${lossy.spurious}),`,
    `    .Seed(${lossy.seed}), .PlaceSeed(${placeSeed(lossy.seed)})`,
    `  ) u_saboteur_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .in_valid_i(${from}_valid), .in_ready_o(${from}_ready), .in_end_i(${from}_end), .in_last_i(${from}_last),`,
    `    .in_address_i(${from}_address),`,
    `    .out_valid_o(${to}_valid), .out_ready_i(${to}_ready), .out_end_o(${to}_end), .out_last_o(${to}_last),`,
    `    .out_address_o(${to}_address)`,
    "  );",
    "",
  ];
  return { stream: to, lines };
}

/** The spikes of a layer's lanes, without those of dead lanes. */
export function livingSpikes(faults: readonly Fault[], index: number, lanes: number): string {
  let dead = 0n;
  for (const fault of faults) {
    if (fault.kind !== "dead-lane" || fault.layer !== index) continue;
    for (let lane = fault.lane; lane < lanes; lane += fault.lanes) dead |= 1n << BigInt(lane);
  }
  const spikes = `l${index}_spike`;
  return dead === 0n ? spikes : `${spikes} & ~${lanes}'h${dead.toString(16)}`;
}

export function hasLossyStreams(faults: readonly Fault[]): boolean {
  return faults.some(({ kind }) => kind === "lossy-events");
}

// ---------------------------------------------------------------------------------------------------------------------

function lossyOf(faults: readonly Fault[], index: number): LossyEvents | undefined {
  return faults.find((fault): fault is LossyEvents => fault.kind === "lossy-events" && fault.layer === index);
}
