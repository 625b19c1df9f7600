// What `sparsity` does with a model file: every measure, from traces of real runs.

import type { HardwareChoice } from "../hardware/family/index.ts";
import { accuracyOf } from "../model/encoding/index.ts";
import { intervalNote, shareInterval, type Interval } from "../model/sparsity/index.ts";
import { measureRun, type LayerSparsityReport, type SkippingReport } from "./layer-sparsity.ts";
import { integerOf, loadModel } from "./model-file.ts";
import { datasetOf, goldenOn, type ModelTask } from "./model-work.ts";

export interface SparsityReport {
  readonly model: string;
  readonly sampleCount: number;
  readonly stepCount: number;
  readonly accuracy: Interval;
  readonly intervals: string;
  readonly hardware: string;
  readonly layers: readonly LayerSparsityReport[];
  readonly skipping: SkippingReport;
  /** Dense over effective operations of the whole network. */
  readonly gain: number;
}

/** Measure a model on its test samples by the golden model; a float model is lowered at 8 bits for it. */
export async function sparsityOf(
  options: ModelTask & {
    readonly dataFolder: string | undefined;
    readonly sampleCount: number | undefined;
    readonly choice: HardwareChoice;
    readonly target: string;
  },
): Promise<SparsityReport> {
  const model = await loadModel(options.platform.files, options.file);
  const dataset = await datasetOf(options, model, options.dataFolder);
  const count = Math.min(options.sampleCount ?? dataset.test.sampleCount, dataset.test.sampleCount);
  const trace = goldenOn(model, dataset, count);
  const network = integerOf(model);
  const { layers, skipping } = measureRun(network, { trace, seed: model.config.seed }, options);
  const total = (of: (layer: LayerSparsityReport) => number): number => layers.reduce((sum, l) => sum + of(l), 0);
  const { choice, target } = options;
  return {
    model: options.file,
    sampleCount: count,
    stepCount: trace.stepCount,
    accuracy: shareInterval(accuracyOf(trace.decisions, dataset.test.labels.subarray(0, count)), count),
    intervals: intervalNote,
    hardware: `${choice.family}, ${choice.weightStorage} rows, lanes ${choice.lanes.join(",")}, ${target}`,
    layers,
    skipping,
    gain:
      total(({ operations }) => operations.dense) /
      Math.max(
        1,
        total(({ operations }) => operations.effective),
      ),
  };
}
