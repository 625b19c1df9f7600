import { arctan } from "./arctan.ts";
import { boxcar } from "./boxcar.ts";
import { circle } from "./circle.ts";
import { exponentialPeak } from "./exponential-peak.ts";
import { fastSigmoid } from "./fast-sigmoid.ts";
import { fourier } from "./fourier.ts";
import { gaussian } from "./gaussian.ts";
import { hyperbolicTangent } from "./hyperbolic-tangent.ts";
import { inverseDistance } from "./inverse-distance.ts";
import { leakyBox } from "./leaky-box.ts";
import { leakyRamp } from "./leaky-ramp.ts";
import { logTailedRamp } from "./log-tailed-ramp.ts";
import { multiGaussian } from "./multi-gaussian.ts";
import { numerical } from "./numerical.ts";
import { periodicExponential } from "./periodic-exponential.ts";
import { qPseudoSpike } from "./q-pseudo-spike.ts";
import { s2nn } from "./s2nn.ts";
import { sigmoid } from "./sigmoid.ts";
import { signFlip } from "./sign-flip.ts";
import { softSign } from "./soft-sign.ts";
import { sparseFastSigmoid } from "./sparse-fast-sigmoid.ts";
import { spikeRateEscape } from "./spike-rate-escape.ts";
import { step } from "./step.ts";
import { straightThrough } from "./straight-through.ts";
import { superSpike } from "./super-spike.ts";
import { triangle } from "./triangle.ts";
import type { SurrogateDefinition } from "./definition.ts";

export type SurrogateName =
  | "fastSigmoid"
  | "arctan"
  | "sigmoid"
  | "step"
  | "straightThrough"
  | "signFlip"
  | "triangle"
  | "boxcar"
  | "spikeRateEscape"
  | "sparseFastSigmoid"
  | "exponentialPeak"
  | "periodicExponential"
  | "softSign"
  | "superSpike"
  | "gaussian"
  | "multiGaussian"
  | "inverseDistance"
  | "leakyBox"
  | "fourier"
  | "s2nn"
  | "qPseudoSpike"
  | "leakyRamp"
  | "numerical"
  | "logTailedRamp"
  | "hyperbolicTangent"
  | "circle";

/** Every surrogate, by the name that configurations use. Adding one is a file, a line here and its name above. */
export const surrogateDefinitions: Readonly<Record<SurrogateName, SurrogateDefinition>> = {
  fastSigmoid,
  arctan,
  sigmoid,
  step,
  straightThrough,
  signFlip,
  triangle,
  boxcar,
  spikeRateEscape,
  sparseFastSigmoid,
  exponentialPeak,
  periodicExponential,
  softSign,
  superSpike,
  gaussian,
  multiGaussian,
  inverseDistance,
  leakyBox,
  fourier,
  s2nn,
  qPseudoSpike,
  leakyRamp,
  numerical,
  logTailedRamp,
  hyperbolicTangent,
  circle,
};

/** What other frameworks offer and this one refuses, each with its reason. */
export const refusedSurrogates: Readonly<Record<string, string>> = {
  SSO: "random below the threshold (snnTorch): a derivative here is a function of u, so that every back end agrees",
  LSO: "raises a TypeError in snnTorch 0.9.4, so nobody knows what it means",
  logistic: "has no backward pass in Norse, and fires at random",
  circDist: "fires at random (Norse); its derivative is circle",
  MultiLevelSpikeCount: "is no derivative of a single threshold (SpikingJelly); use periodicExponential",
};
