import { UserError, type RandomStream } from "../../base/index.ts";
import { elementCount, spikeTrain, type SpikeTrain } from "../tensor/index.ts";
import type { Coding } from "./coding.ts";
import { codings, type Encoding } from "./codings/index.ts";
import { encodeRecording, eventInputCount, type EventBinning, type EventGrid, type EventRecording } from "./events.ts";
import type { Complete, Field } from "./field.ts";

/** What enters a network: spikes, or currents that are the same in every step. */
export type EncodedInput =
  | { readonly kind: "spikes"; readonly spikes: SpikeTrain }
  | { readonly kind: "direct"; readonly values: Float32Array; readonly sampleCount: number };

/**
 * Encode samples of values.
 *
 * @param values     Values 0…1. Shape [sample, …shape].
 * @param random     Read by random encodings only: sample i draws from its own stream `sampleIds[i]`, so that its spikes do not
 *                   depend on who else is in the batch.
 * @param sampleIds  One per sample.
 * @throws `encoding/needs-events` for an encoding of event recordings; `encoding/no-rows`
 */
export function encode(
  encoding: Encoding,
  values: Float32Array,
  options: {
    /** How the features of a sample lie, such as [height, width]. */
    readonly shape: readonly number[];
    readonly stepCount: number;
    readonly random: RandomStream;
    readonly sampleIds: ArrayLike<number>;
  },
): EncodedInput {
  const { shape, stepCount, sampleIds } = options;
  const sampleCount = sampleIds.length;
  const coding = codingOf(encoding);
  if (coding.isDirect === true) return { kind: "direct", values, sampleCount };
  if (coding.encodeSample === undefined) {
    throw new UserError("encoding/needs-events", `encoding "${encoding.kind}" reads event recordings, got values`);
  }
  const complete = withDefaults(coding, encoding);
  const spikes = spikeTrain({ stepCount, sampleCount, neuronCount: encodedInputCount(encoding, shape) });
  const features = elementCount(shape);
  for (let sample = 0; sample < sampleCount; sample++) {
    const row = values.subarray(sample * features, (sample + 1) * features);
    coding.encodeSample(complete, row, { shape, spikes, sample, random: options.random.split(sampleIds[sample] ?? 0) });
  }
  return { kind: "spikes", spikes };
}

/** Inputs that a sample of values becomes. @throws `encoding/no-rows` */
export function encodedInputCount(encoding: Encoding, shape: readonly number[]): number {
  const coding = codingOf(encoding);
  return coding.inputCount?.(withDefaults(coding, encoding), shape) ?? elementCount(shape);
}

/** How this encoding cuts recordings; for encodings of values, what `events` does by default. */
export function binningOf(encoding: Encoding): EventBinning {
  const coding = codingOf(encoding);
  if (coding.binning !== undefined) return coding.binning(withDefaults(coding, encoding));
  return binningOf(defaultEncoding("events"));
}

/**
 * Encode event recordings.
 * @param shifts  Added to every (x, y) of a recording, by its place in the batch.
 */
export function encodeEvents(
  encoding: Encoding,
  recordings: readonly EventRecording[],
  options: {
    readonly grid: EventGrid;
    readonly stepCount: number;
    readonly shifts?: readonly (readonly [number, number])[];
  },
): EncodedInput {
  const { grid, stepCount, shifts } = options;
  const binning = binningOf(encoding);
  const shape = { stepCount, sampleCount: recordings.length, neuronCount: eventInputCount(grid, binning) };
  const spikes = spikeTrain(shape);
  recordings.forEach((recording, sample) => {
    const shift = shifts?.[sample];
    encodeRecording(recording, binning, { grid, spikes, sample, ...(shift === undefined ? {} : { shift }) });
  });
  return { kind: "spikes", spikes };
}

/** An encoding with every parameter at its default. */
export function defaultEncoding(kind: Encoding["kind"]): Encoding {
  const coding = codings[kind] as unknown as Coding<AnyEncoding>;
  return withDefaults(coding, { kind }) as Encoding;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Any encoding, when only its own coding reads it. */
type AnyEncoding = { readonly kind: string; readonly [parameter: string]: unknown };

function codingOf(encoding: Encoding): Coding<AnyEncoding> {
  return codings[encoding.kind] as unknown as Coding<AnyEncoding>;
}

function withDefaults(coding: Coding<AnyEncoding>, encoding: { readonly kind: string }): Complete<AnyEncoding> {
  const fields = Object.entries(coding.fields as Readonly<Record<string, Field<unknown>>>);
  return { ...Object.fromEntries(fields.map(([name, field]) => [name, field.default])), ...encoding };
}
