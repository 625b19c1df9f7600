// What a framework does around its neurons; what it does in them is in `neuron/dialects`.

import { suggestName, UserError } from "../../base/index.ts";
import { dialects, type DialectName } from "../neuron/index.ts";
import type { RecurrentDelay } from "./order.ts";

export interface DialectTraits {
  /** The framework and the version that was read. */
  readonly title: string;
  /** What the weights of a cycle give in the first step. */
  readonly recurrentDelay: RecurrentDelay;
  /** Spikes leave one step after the neuron fired. */
  readonly sendsLate: boolean;
  /** Seconds per step that the framework assumes, to suggest. */
  readonly usualStepSeconds: number;
}

export const dialectTraits: Readonly<Record<DialectName, DialectTraits>> = {
  nir: {
    title: "NIR's equations by Euler steps",
    recurrentDelay: "currents",
    sendsLate: false,
    usualStepSeconds: 1e-4,
  },
  snntorch: { title: "snnTorch 0.9.4", recurrentDelay: "spikes", sendsLate: false, usualStepSeconds: 1e-4 },
  norse: { title: "Norse 1.1.0", recurrentDelay: "currents", sendsLate: false, usualStepSeconds: 1e-3 },
  spyx: { title: "Spyx 1.0.0", recurrentDelay: "spikes", sendsLate: false, usualStepSeconds: 1 },
  sinabs: { title: "Sinabs 3.1.3", recurrentDelay: "spikes", sendsLate: false, usualStepSeconds: 1 },
  spikingjelly: {
    title: "SpikingJelly 2.0.0.dev1",
    recurrentDelay: "spikes",
    sendsLate: false,
    usualStepSeconds: 1e-4,
  },
  rockpool: { title: "Rockpool 3.0.3", recurrentDelay: "spikes", sendsLate: false, usualStepSeconds: 1e-4 },
  lava: { title: "Lava 0.10, floating point", recurrentDelay: "spikes", sendsLate: true, usualStepSeconds: 1e-4 },
};

/** @throws `nir/unknown-dialect` (exit "usage") with a suggestion */
export function dialectByName(name: string): DialectName {
  if (Object.hasOwn(dialects, name)) return name as DialectName;
  const message = `no dialect is called "${name.slice(0, 60)}"; ${suggestName(name, Object.keys(dialects))}`;
  throw new UserError("nir/unknown-dialect", message, { exit: "usage" });
}
