import type { Neuron } from "../neuron.ts";
import { alif } from "./alif.ts";
import { cubaLif } from "./cuba-lif.ts";
import { integrateFire } from "./integrate-fire.ts";
import { leakyIntegrator } from "./leaky-integrator.ts";
import { lif } from "./lif.ts";
import type { Reset } from "./reset.ts";

export type { Reset } from "./reset.ts";

export type NeuronModelName = "integrateFire" | "lif" | "alif" | "cubaLif" | "leakyIntegrator";

/** Every neuron model, by the name that configurations and files use. Adding one is one line here and its name above. */
export const neuronModels: Readonly<Record<NeuronModelName, (reset: Reset) => Neuron>> = {
  integrateFire,
  lif,
  alif,
  cubaLif,
  leakyIntegrator,
};
