import { batchNorms } from "./batch-norms.ts";
import { bptt } from "./bptt.ts";
import type { Checker } from "./checker.ts";
import { encodersChecker } from "./encoders.ts";
import { lossesChecker } from "./losses.ts";
import { neuronTraces } from "./neuron-traces.ts";
import { parallelNeurons } from "./parallel-neurons.ts";
import { surrogates } from "./surrogates.ts";

/** Every checker; the first that accepts a file checks it. Adding one is a file and a line here. */
export const checkers: readonly Checker[] = [
  batchNorms,
  bptt,
  encodersChecker,
  lossesChecker,
  neuronTraces,
  parallelNeurons,
  surrogates,
];

/** Files that nobody checks, by their `model`, each with its reason; anything else unknown counts as a difference. */
export const unchecked: Readonly<Record<string, string>> = {};
