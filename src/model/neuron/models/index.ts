import type { Neuron } from "../neuron.ts";
import { alif } from "./alif.ts";
import { alpha } from "./alpha.ts";
import { blendedCubaLif } from "./blended-cuba-lif.ts";
import { blendedLif } from "./blended-lif.ts";
import { burst } from "./burst.ts";
import { gradedLif } from "./graded-lif.ts";
import { lavaLif } from "./lava-lif.ts";
import { risp } from "./risp.ts";
import { sigmaDelta } from "./sigma-delta.ts";
import { spiker } from "./spiker.ts";
import { cubaIntegrator } from "./cuba-integrator.ts";
import { cubaLif } from "./cuba-lif.ts";
import { eif } from "./eif.ts";
import { eulerCubaLif } from "./euler-cuba-lif.ts";
import { eulerLif } from "./euler-lif.ts";
import { integrateFire } from "./integrate-fire.ts";
import { izhikevich } from "./izhikevich.ts";
import { klif } from "./klif.ts";
import { lapicque } from "./lapicque.ts";
import { leakyIntegrator } from "./leaky-integrator.ts";
import { lif } from "./lif.ts";
import { parametricLif } from "./parametric-lif.ts";
import { qif } from "./qif.ts";
import { relaxingLif } from "./relaxing-lif.ts";
import type { Reset } from "./reset.ts";
import { slidingParallel } from "./sliding-parallel.ts";
import { thresholdUnit } from "./threshold-unit.ts";
import type { Variant } from "./variant.ts";

export type { Reset } from "./reset.ts";
export type { Variant } from "./variant.ts";

export type NeuronModelName =
  | "integrateFire"
  | "lif"
  | "alif"
  | "cubaLif"
  | "leakyIntegrator"
  | "cubaIntegrator"
  | "alpha"
  | "blendedLif"
  | "blendedCubaLif"
  | "relaxingLif"
  | "eulerLif"
  | "eulerCubaLif"
  | "lapicque"
  | "parametricLif"
  | "qif"
  | "eif"
  | "izhikevich"
  | "klif"
  | "thresholdUnit"
  | "slidingParallel"
  | "burst"
  | "gradedLif"
  | "lavaLif"
  | "risp"
  | "sigmaDelta"
  | "spiker";

/** Every neuron model, by the name that configurations and files use. Adding one is one line here and its name above. */
export const neuronModels: Readonly<Record<NeuronModelName, (reset: Reset, variant?: Variant) => Neuron>> = {
  integrateFire,
  lif,
  alif,
  cubaLif,
  leakyIntegrator,
  cubaIntegrator,
  alpha,
  blendedLif,
  blendedCubaLif,
  relaxingLif,
  eulerLif,
  eulerCubaLif,
  lapicque,
  parametricLif,
  qif,
  eif,
  izhikevich,
  klif,
  thresholdUnit,
  slidingParallel,
  burst,
  gradedLif,
  lavaLif,
  risp,
  sigmaDelta,
  spiker,
};
