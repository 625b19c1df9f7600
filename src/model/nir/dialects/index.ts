import { suggestName, UserError } from "../../../base/index.ts";
import { plainDialect, type Dialect, type DialectName } from "./dialect.ts";

export type { Dialect, DialectName } from "./dialect.ts";

/** Every dialect, by the name that `--dialect` takes. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  nir: { ...plainDialect, name: "nir", title: "NIR's equations, Euler steps" },
  snntorch: {
    ...plainDialect,
    name: "snntorch",
    title: "snnTorch 0.9.4, as its NIR import runs: zero reset without delay",
    reset: "zero",
    chargePer: "step",
    recurrentDelay: "spikes",
  },
  norse: {
    ...plainDialect,
    name: "norse",
    title: "Norse 1.1.0",
    reset: "zero",
    inputGain: "ignores-r",
    chargePer: "step",
    usualStepSeconds: 1e-3,
  },
  spyx: {
    ...plainDialect,
    name: "spyx",
    title: "Spyx 1.0.0",
    reset: "subtract",
    firesFirst: true,
    chargePer: "step",
    recurrentDelay: "spikes",
    usualStepSeconds: 1,
  },
  sinabs: {
    ...plainDialect,
    name: "sinabs",
    title: "Sinabs 3.1.3",
    decay: "exact",
    fires: "atLeast",
    reset: "subtract",
    manySpikes: true,
    currentDecays: "after-input",
    chargePer: "step",
    boundedBelow: true,
    recurrentDelay: "spikes",
    usualStepSeconds: 1,
  },
  spikingjelly: {
    ...plainDialect,
    name: "spikingjelly",
    title: "SpikingJelly 2.0.0.dev1",
    fires: "atLeast",
    missing: {
      I: "SpikingJelly has no such neuron",
      LI: "SpikingJelly does not read it from NIR",
      CubaLI: "SpikingJelly has no such neuron",
      CubaLIF: "SpikingJelly does not read it from NIR",
    },
  },
  rockpool: {
    ...plainDialect,
    name: "rockpool",
    title: "Rockpool 3.0.3",
    decay: "exact",
    fires: "atLeast",
    reset: "subtract",
    manySpikes: true,
    currentDecays: "after-input",
    inputGain: "r-after-decay",
    chargePer: "step",
    recurrentDelay: "spikes",
  },
  lava: {
    ...plainDialect,
    name: "lava",
    title: "Lava 0.10, floating point",
    reset: "zero",
    chargePer: "step",
    sendsLate: true,
    recurrentDelay: "spikes",
  },
};

/** @throws `nir/unknown-dialect` (exit "usage") with a suggestion */
export function dialectByName(name: string): Dialect {
  if (Object.hasOwn(dialects, name)) return dialects[name as DialectName];
  const message = `no dialect is called "${name.slice(0, 60)}"; ${suggestName(name, Object.keys(dialects))}`;
  throw new UserError("nir/unknown-dialect", message, { exit: "usage" });
}
