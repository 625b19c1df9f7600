// What is proven of the hand-written blocks: `hdl/proofs/<block>_proof.sv` says it, this list says how.

import type { ProofTask } from "./prove.ts";

export interface BlockProof extends ProofTask {
  /** The block, a file of `hdl/`. */
  readonly block: string;
}

const task = (block: string, method: ProofTask["method"], cycles: number, parameters = {}): BlockProof => ({
  block,
  top: `${block}_proof`,
  method,
  cycles,
  parameters,
});

/** Every proof; those of one block differ in parameters. */
export const blockProofs: readonly BlockProof[] = [
  task("event_encoder", "bounded", 12),
  task("event_encoder", "bounded", 12, { Lanes: 7, AddressBits: 6 }),
  task("host_port", "induction", 3),
  task("recurrent_join", "induction", 3),
  ...[3, 5, 6, 7].map((Divisor) => task("divide_constant", "induction", 2, { Divisor })),
  task("add_format", "induction", 2),
  task("add_format", "induction", 2, { SumBits: 3, TermBits: 6 }),
  task("update_walk", "bounded", 12, { Groups: 5, Words: 5, Window: 1, Steps: 5 }),
  task("update_walk", "bounded", 26),
  task("event_fifo", "bounded", 11),
  task("readout", "bounded", 14),
];
