// The experiment document: every choice a user can make. `parse-config.ts` holds ranges and defaults, and the compiler keeps
// the two in step.

import type { FamilyName, WeightStorage } from "../hardware/family/index.ts";
import type { SurrogateName } from "../compute/index.ts";
import type {
  ActivitySpec,
  ClipSpec,
  GridKind,
  LossSpec,
  OptimizerSpec,
  ScheduleSpec,
  NormalizationChoice,
} from "../learning/index.ts";
import type { Encoding } from "../model/encoding/index.ts";
import type { Readout } from "../model/network/index.ts";
import type { DialectName, NeuronModelName, Reset, Variant } from "../model/neuron/index.ts";
import type { PruningChoice } from "./pruning-choice.ts";

export type ObjectiveName = "accuracy" | "energy" | "latency" | "area";

/** An experiment with every choice made. */
export interface Config {
  readonly name: string;
  readonly seed: number;
  readonly data: {
    readonly set: "digits" | "mnist" | "fashion-mnist" | "nmnist";
    /** Folder with the files of the set; not needed for digits, which ship with the package. */
    readonly folder?: string | undefined;
    /** Use only the first samples of a split. */
    readonly trainLimit?: number | undefined;
    readonly testLimit?: number | undefined;
    /** Share of the training split kept out of training; designs are chosen on it, never on the test split. */
    readonly validationShare: number;
    /** Sum the pixels of events in squares of this side. */
    readonly pool: number;
  };
  readonly network: {
    readonly hidden: readonly number[];
    /** All layers as text instead of `hidden`, such as "12C5-MP2-64C5-MP2-10". */
    readonly layers?: string | undefined;
    /** What the poolings of `layers` pool. */
    readonly pooling: "currents" | "spikes";
    readonly neuron: NeuronModelName;
    readonly reset: Reset;
    /** Whose order and comparison within a step; canonical when absent. */
    readonly dialect?: DialectName | undefined;
    /** Single choices of it. */
    readonly variant: Variant;
    readonly parameters: Readonly<Record<string, number>>;
    readonly recurrent: boolean;
    /** Of the currents of hidden layers. */
    /** Every layer has a bias. */
    readonly bias: boolean;
    readonly normalization: NormalizationChoice;
    /** Every layer sees its input at each of these delays, in steps; at none when empty. */
    readonly delays: readonly number[];
    readonly readout: Readout;
  };
  readonly encoding: Encoding;
  readonly training: {
    readonly epochs: number;
    readonly batchSize: number;
    readonly learningRate: number;
    readonly loss: LossSpec;
    readonly optimizer: OptimizerSpec;
    /** A cosine with a short warm-up when absent. */
    readonly schedule?: ScheduleSpec | undefined;
    readonly clip: ClipSpec;
    /** Neuron parameters that every neuron learns for itself, such as "decay" and "threshold". */
    readonly learn: readonly string[];
    /** Gradients travel back over so many steps only; over all of them when absent. */
    readonly truncation?: number | undefined;
    /** Most memory of the engine, in MiB; 4096 when absent. Batches and sequences that need more are computed in parts. */
    readonly memoryLimit?: number | undefined;
    /** Threads of the engine; results do not depend on it. */
    readonly threads?: number | undefined;
    readonly surrogate: SurrogateName;
    /** The surrogate's first parameter: slope of the fast sigmoid, alpha of the arctangent, width of the triangle. */
    readonly surrogateScale?: number | undefined;
    /** Its other parameters, by name. */
    readonly surrogateParameters: Readonly<Record<string, number>>;
    readonly detachReset: boolean;
    /** Shift images by up to so many pixels at random; fractions are interpolated. */
    readonly shift: number;
    /** Turn images by up to so many degrees at random. */
    readonly rotation: number;
    /** Scale images by up to this share at random. */
    readonly zoom: number;
    /** Mirror every other image. */
    readonly mirror: boolean;
    /** Weight of the L1 penalty on hidden spikes per sample; short for an `activity` of kind "l1". */
    readonly activityPenalty: number;
    /** Penalties on the spikes of hidden layers. */
    readonly activity: readonly ActivitySpec[];
    /** For optimizers that do not say it themselves. */
    readonly weightDecay: number;
    /** Stop when validation has not improved for so many epochs. */
    readonly patience?: number | undefined;
  };
  /** Fine-tuning of every pruned and quantized variant. */
  readonly tuning: {
    readonly epochs: number;
    readonly learningRate: number;
    /** Neurons of a row that are pruned together, because hardware skips whole groups of lanes only; or m of n:m. */
    readonly pruneBlock: number;
    readonly pruning: PruningChoice;
    /** The kind of the grids on which weights learn; symmetric, with one free scale for a layer, when absent. */
    readonly grid?: GridKind | undefined;
    /** Ranges of quantizers learn, so many times as fast as weights; fitted until half of the epochs are over when absent. */
    readonly rangeRate?: number | undefined;
  };
  readonly explore: {
    readonly sampler: "nsga2" | "random" | "grid";
    /** Designs to evaluate. */
    readonly designs: number;
    readonly stepCount: readonly number[];
    readonly weightBits: readonly number[];
    /** Share of weights pruned to zero. */
    readonly sparsity: readonly number[];
    /** Lanes of the hidden layers; the last layer gets `outputLanes`. */
    readonly lanes: readonly number[];
    readonly outputLanes: readonly number[];
    readonly family: readonly FamilyName[];
    readonly weightStorage: readonly WeightStorage[];
  };
  readonly numerics: {
    /** Chosen from the thresholds when absent. */
    readonly potentialBits?: number | undefined;
    /** Bits of the potential below one weight unit; chosen when absent. */
    readonly potentialFraction?: number | undefined;
    readonly coefficientFraction: number;
    readonly rounding: "nearest" | "floor";
  };
  readonly objectives: readonly ObjectiveName[];
  /** Such as "accuracy >= 0.95" or "energy <= 2e-6"; SI units. */
  readonly constraints: readonly string[];
  /** Which point of the front to build: its knee, or the best by one objective. */
  readonly choose: "knee" | ObjectiveName;
  readonly target: "up5k" | "hx8k";
  /** Test samples on which the hardware is verified; all by default. */
  readonly verifySamples?: number | undefined;
  /** Place and route the chosen design. */
  readonly place: boolean;
}

/** What a user writes: every key is optional, and a kind without options may be just its name. */
export type ConfigInput = Partial<{ [Key in keyof Config]: Loose<Config[Key]> }>;

type Loose<Value> = Value extends object ? { readonly [Key in keyof Value]?: Named<Value[Key]> } : Value;

type Named<Value> = Value | (Value extends { readonly kind: infer Kind } ? Kind : never);

/** Type-checked identity, for `lacuna.config.ts`. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
