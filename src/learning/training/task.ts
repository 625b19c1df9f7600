import type { ProgressListener } from "../../base/index.ts";
import type { Backend, LayerArrays, Optimizer, Surrogate } from "../../compute/index.ts";
import type { Network } from "../../model/network/index.ts";
import type { Workers } from "../../platform/index.ts";
import type { Augmentation, BatchOptions, Dataset } from "../data/index.ts";
import type { ActivitySpec } from "./activity/index.ts";
import type { ClipSpec } from "./clip.ts";
import type { LossSpec } from "./losses/index.ts";
import type { EpochRecord, MonitorState } from "./monitor.ts";
import type { PlateauState } from "./plateau.ts";
import type { ScheduleSpec } from "./schedules.ts";
import type { CompressionOptions, TransformState } from "./weight-transforms.ts";

export interface TrainingOptions extends CompressionOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: Optimizer;
  readonly schedule: ScheduleSpec;
  readonly loss: LossSpec;
  readonly clip?: ClipSpec | undefined;
  readonly surrogate: Surrogate;
  readonly detachReset: boolean;
  readonly augmentation: Augmentation;
  /** Penalties on the spikes of hidden layers. */
  readonly activity: readonly ActivitySpec[];
  /** Stop when validation has not improved for so many epochs. */
  readonly patience?: number | undefined;
  /** Share of the training split that only judges; 0 keeps the last epoch's weights. */
  readonly validationShare: number;
  readonly seed: number;
  /** Threads of the back end; results do not depend on it. */
  readonly threadCount?: number | "auto" | undefined;
  /** Most memory that the engine may take; a batch that needs more is split. */
  readonly memoryLimitBytes?: number | undefined;
  /** Gradients travel back over so many steps only: truncated backpropagation through time. */
  readonly truncation?: number | undefined;
}

/** Everything that training needs to go on as if it had never stopped; plain data with typed arrays. */
export interface TrainingState {
  /** The last epoch that began. */
  readonly epoch: number;
  /** Present in the middle of that epoch. */
  readonly partial?: { readonly sampleCount: number; readonly monitor: MonitorState } | undefined;
  readonly step: number;
  readonly masters: readonly LayerArrays[];
  readonly moments: readonly (readonly LayerArrays[])[];
  readonly transforms: TransformState;
  readonly plateau: PlateauState;
  readonly history: readonly EpochRecord[];
  readonly best: { readonly accuracy: number; readonly epoch: number; readonly masters: readonly LayerArrays[] };
}

export interface TrainingResult {
  readonly network: Network;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
}

/** When to keep a state in the middle of an epoch, and how. */
export interface Checkpoints {
  readonly isDue: () => boolean;
  readonly save: (state: TrainingState) => Promise<void>;
}

/** What was well before training failed. */
export interface LastGood {
  readonly state: TrainingState;
  /** By the best epoch so far. */
  readonly network: Network;
}

/** A network, its data, and how it learns. */
export interface TrainingTask {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly batch: BatchOptions;
  readonly backend: Backend;
  /** Encode batches ahead in a worker thread; results do not depend on it. */
  readonly workers?: Workers;
  readonly training: TrainingOptions;
  /** A state from `onEpoch` or `checkpoints`: the result is the same as without the pause. */
  readonly resume?: TrainingState | undefined;
  /** Called after every epoch with all that a checkpoint needs. */
  readonly onEpoch?: (state: TrainingState) => Promise<void>;
  /** Asked after every batch. */
  readonly checkpoints?: Checkpoints;
  /** Keeps what was good before the numbers broke, and says where, for the error. */
  readonly onFailure?: (lastGood: LastGood) => Promise<string | undefined>;
  readonly onProgress?: ProgressListener;
  /** Called with what the user should know, such as a batch that was split. */
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}
