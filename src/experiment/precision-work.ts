// What `precision` does with a model file: how many bits its weights, potentials and coefficients need, and what rounding does.

import { assertDefined, UserError } from "../base/index.ts";
import { wasmBackendOn } from "../compute/index.ts";
import { lowerNetwork, runGoldenFast, type LowerOptions } from "../hardware/golden/index.ts";
import {
  allWeights,
  assignBits,
  calibrateNetwork,
  calibrationOn,
  channelsOf,
  fitScheme,
  measureSensitivity,
  quantizeNetwork,
  roundingErrors,
  splitValidation,
  type CalibratedLayer,
  type QuantizationScheme,
  shiftBiases,
  type RoundingError,
  type RoundingRule,
  type Sensitivity,
} from "../learning/index.ts";
import { accuracyOf } from "../model/encoding/index.ts";
import type { Network } from "../model/network/index.ts";
import { loadModel, saveModel } from "./model-file.ts";
import { datasetOf, type ModelTask } from "./model-work.ts";
import { batchOptions, encodeSpikes } from "./stages/software.ts";

export interface PrecisionReport {
  /** All accuracies are of this many validation samples. */
  readonly sampleCount: number;
  readonly floatAccuracy: number;
  readonly scheme: QuantizationScheme;
  /** The scheme's own bits everywhere, its scales calibrated. */
  readonly calibrated: { readonly accuracy: number; readonly layers: readonly CalibratedLayer[] };
  /** What each rule of rounding does to the weights on the scheme's grid. */
  readonly rounding: readonly {
    readonly layer: string;
    readonly rules: Readonly<Record<RoundingRule, RoundingError>>;
  }[];
  /** Mean error of a potential at each multiplication with the coefficients' fraction bits, in its last bit, by rule. */
  readonly shifts: { readonly bits: number; readonly biases: Readonly<Record<RoundingRule, number>> };
  readonly sensitivities: readonly Sensitivity[];
  readonly mixed?: {
    readonly bits: readonly number[];
    readonly totalBits: number;
    readonly accuracy: number;
  };
  /** The calibrated network in integers, by the golden model, with other widths of potentials and of decays. */
  readonly golden?: {
    readonly accuracy: number;
    readonly potentials: readonly Width[];
    readonly coefficients: readonly Width[];
    readonly flooring: number;
  };
}

/** An accuracy, or why the integers refuse that width. */
export interface Width {
  readonly bits: number;
  readonly accuracy?: number;
  readonly refused?: string;
}

const sensitivityBits: readonly number[] = [8, 6, 4, 3, 2];

/**
 * Judge numbers of bits on validation samples, without training.
 * @param target  Where the quantized model is written: the mixed one when there is a budget, else the calibrated one.
 * @throws `quantization/budget`
 */
export async function precisionOf(
  options: ModelTask & {
    readonly dataFolder: string | undefined;
    readonly scheme: QuantizationScheme;
    readonly sampleCount: number;
    /** Mean bits per weight of the mixed assignment. */
    readonly budget: number | undefined;
    readonly target: string | undefined;
  },
): Promise<PrecisionReport> {
  const { platform, scheme, budget, target } = options;
  const model = await loadModel(platform.files, options.file);
  const { network, config } = model;
  const dataset = await datasetOf(options, model, options.dataFolder);
  const indices = splitValidation(dataset.train, config.data.validationShare).validation.subarray(
    0,
    options.sampleCount,
  );
  const batch = batchOptions(config, network.stepCount);
  const calibration = calibrationOn({ dataset, indices, batch, backend: wasmBackendOn(platform.threads) });
  const { bits: _, ...rest } = scheme;
  const calibrated = await calibrateNetwork(network, scheme, calibration);
  const sensitivities = await measureSensitivity(network, rest, sensitivityBits, calibration);
  const weightCount = sensitivities.reduce((sum, layer) => sum + layer.weightCount, 0);
  const bits = budget === undefined ? undefined : assignBits(sensitivities, budget * weightCount);
  const mixed = quantizeNetwork(network, (l) => ({ ...rest, bits: bits?.[l] ?? scheme.bits }));
  const judge = (integer: ReturnType<typeof lowerNetwork>): number => {
    const labels = Array.from(indices, (index) => dataset.train.labels[index] ?? 0);
    return accuracyOf(runGoldenFast(integer, encodeSpikes(dataset, dataset.train, indices, batch)).decisions, labels);
  };
  const golden = goldenWidths(calibrated.network, config.numerics, judge);
  if (target !== undefined) {
    const chosen = bits === undefined ? calibrated.network : mixed;
    await saveModel(platform.files, target, { ...model, network: chosen });
  }
  return {
    sampleCount: indices.length,
    floatAccuracy: (await calibration(network)).accuracy,
    scheme,
    calibrated: { accuracy: (await calibration(calibrated.network)).accuracy, layers: calibrated.layers },
    rounding: network.layers.map((layer) => {
      const [weights, channels] = [allWeights(layer), channelsOf(layer)];
      return { layer: layer.name, rules: roundingErrors(fitScheme(weights, channels, scheme), weights, channels) };
    }),
    shifts: { bits: config.numerics.coefficientFraction, biases: shiftBiases(config.numerics.coefficientFraction) },
    sensitivities,
    ...(bits === undefined
      ? {}
      : {
          mixed: {
            bits,
            totalBits: bits.reduce(
              (sum, own, l) => sum + own * assertDefined(sensitivities[l], "layer").weightCount,
              0,
            ),
            accuracy: (await calibration(mixed)).accuracy,
          },
        }),
    ...(golden === undefined ? {} : { golden }),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Undefined for what has no integers at all. */
function goldenWidths(
  network: Network,
  numerics: LowerOptions,
  judge: (integer: ReturnType<typeof lowerNetwork>) => number,
): PrecisionReport["golden"] {
  const width = (bits: number, changes: Partial<LowerOptions>): Width => {
    try {
      return { bits, accuracy: judge(lowerNetwork(network, { ...numerics, ...changes })) };
    } catch (error) {
      if (error instanceof UserError) return { bits, refused: error.code };
      throw error;
    }
  };
  const { accuracy } = width(0, {});
  if (accuracy === undefined) return undefined;
  return {
    accuracy,
    potentials: [6, 8, 10, 12, 16].map((bits) => width(bits, { potentialBits: bits })),
    coefficients: [1, 2, 3, 4, 8].map((bits) => width(bits, { coefficientFraction: bits })),
    flooring: width(0, { rounding: "floor" }).accuracy ?? Number.NaN,
  };
}
