// Our neurons as NIR's. NIR's equations, read in some dialect, must give back the neuron that was written: every candidate is read
// again, and what differs is not written. So export follows import, and a dialect is described once.

import { assertDefined, dataNumbers, UserError, type DataNumbers } from "../../base/index.ts";
import type { Layer } from "../network/index.ts";
import { neuronOf, type DialectName, type NeuronSpec, type NirNeuron } from "../neuron/index.ts";
import { toChannelsFirst } from "./channel-order.ts";
import { nodeRule } from "./node-types.ts";
import { neuronAs, neuronFields, type NeuronType } from "./populations.ts";
import type { ResetChoice } from "./reset-choice.ts";

/** What is to be written for the neurons of a layer. */
export interface WrittenNeurons {
  readonly type: NeuronType | "Threshold";
  readonly fields: Readonly<Record<string, DataNumbers>>;
  /** Where the dialect's own is another. */
  readonly reset: ResetChoice | undefined;
  /** The same equation, but in another form, so that it rounds otherwise. */
  readonly isReformed: boolean;
}

/** The dialects that a file of ours may name; Lava's spikes come late, so that no network of ours is one. */
const candidateDialects: readonly DialectName[] = [
  "nir",
  "snntorch",
  "norse",
  "spyx",
  "sinabs",
  "spikingjelly",
  "rockpool",
];

/**
 * The neurons of every layer, in the first dialect that says all of them, where possible in their own form.
 * @param shapes  As NIR sees the layers.
 * @throws `nir/no-neuron` (exit "unsupported") naming the layer and the remedy
 */
export function writeNeurons(
  layers: readonly Layer[],
  shapes: readonly (readonly number[])[],
  stepSeconds: number,
): { readonly dialect: DialectName; readonly neurons: readonly WrittenNeurons[] } {
  let reformed: { readonly dialect: DialectName; readonly neurons: readonly WrittenNeurons[] } | undefined;
  for (const dialect of candidateDialects) {
    const found = layers.map((layer, l) => writtenAs(dialect, layer, assertDefined(shapes[l], "shape"), stepSeconds));
    const neurons = found.filter((one) => one !== undefined);
    if (neurons.length < found.length) continue;
    if (neurons.every(({ isReformed }) => !isReformed)) return { dialect, neurons };
    reformed ??= { dialect, neurons };
  }
  if (reformed !== undefined) return reformed;
  throw noNeuron(layers, stepSeconds);
}

// ---------------------------------------------------------------------------------------------------------------------

function writtenAs(
  dialect: DialectName,
  layer: Layer,
  shape: readonly number[],
  stepSeconds: number,
): WrittenNeurons | undefined {
  const specs = specsOf(layer);
  if (layer.neuron.model === "thresholdUnit") return thresholds(specs, layer.neuronCount, shape);
  const { kind } = layer.neuron.reset;
  const resets = kind === "none" ? [undefined] : [undefined, kind, `${kind}-next-step` as ResetChoice];
  const choices = specs.map((spec) => nirNeurons(spec, stepSeconds));
  for (const reset of resets) {
    for (let c = 0; c < (choices[0]?.length ?? 0); c++) {
      const chosen = choices.map((candidates) => assertDefined(candidates[c], "candidate"));
      const fits = new Set(chosen.map((neuron, n) => fit(dialect, neuron, reset, assertDefined(specs[n], "spec"))));
      if (fits.has("differs")) continue;
      const fields = fieldsOf(chosen, layer.neuronCount, shape);
      return { ...fields, reset, isReformed: fits.has("reformed") };
    }
  }
  return undefined;
}

/** One spec for all neurons, or one for each. */
function specsOf({ neuron, neuronParameters, neuronCount }: Layer): readonly NeuronSpec[] {
  const own = Object.entries(neuronParameters ?? {});
  if (own.length === 0) return [neuron];
  return Array.from({ length: neuronCount }, (_, n) => {
    const values = own.map(([name, { data }]) => [name, data[n] ?? 0] as const);
    return { ...neuron, parameters: { ...neuron.parameters, ...Object.fromEntries(values) } };
  });
}

/** What NIR could say for a neuron: by Euler steps, and by exponential decay. The same number for all neurons of a model. */
function nirNeurons(spec: NeuronSpec, dt: number): Omit<NirNeuron, "reset">[] {
  const { model, parameters: p, reset, variant } = spec;
  const [gain, drift] =
    variant?.isScaled === true || model === "cubaIntegrator" ? [p["gain"] ?? 1, p["drift"] ?? 0] : [1, 0];
  const vReset = reset.kind === "value" ? reset.value : 0;
  const fires = { dt, vThreshold: p["threshold"] ?? 1, vReset };
  const rates = (decay: number | undefined): readonly number[] => [1 - (decay ?? 0), -Math.log(decay ?? 0)];
  const leak = (rate: number) => ({ tau: dt / rate, r: gain / rate, vLeak: drift / rate });
  switch (model) {
    case "integrateFire":
      return [
        { kind: "IF", r: gain / dt, ...fires },
        { kind: "IF", r: gain, ...fires },
      ];
    case "lif":
      if (p["decay"] === 1) return [{ kind: "IF", r: gain / dt, ...fires }];
      return rates(p["decay"]).map((rate) => ({ kind: "LIF", ...fires, ...leak(rate) }));
    case "leakyIntegrator":
      if (p["decay"] === 1) return [{ kind: "I", dt, r: gain / dt }];
      return rates(p["decay"]).map((rate) => ({ kind: "LI", dt, ...leak(rate) }));
    case "cubaLif":
    case "cubaIntegrator": {
      const kind = model === "cubaLif" ? "CubaLIF" : "CubaLI";
      const currents = rates(p["currentDecay"]);
      return rates(p["decay"]).map((rate, how) => {
        const synRate = currents[how] ?? 1;
        return { kind, ...fires, ...leak(rate), tauSyn: dt / synRate, wIn: (p["inputGain"] ?? 1) / synRate };
      });
    }
    case "eulerLif": {
      const rate = p["rate"] ?? 0;
      const vLeak = (p["rest"] ?? 0) + drift;
      return [{ kind: "LIF", ...fires, tau: dt / rate, r: gain, vLeak }];
    }
    case "relaxingLif": {
      const tau = p["tau"] ?? 1;
      const r = variant?.input === "whole" ? tau : 1;
      const rest = p["rest"] ?? 0;
      return [{ kind: "LIF", ...fires, vReset: reset.kind === "value" ? vReset : rest, tau: tau * dt, r, vLeak: rest }];
    }
    case "eulerCubaLif": {
      const [rate, synRate] = [p["rate"] ?? 0, p["currentRate"] ?? 0];
      const own = { tau: dt / rate, tauSyn: dt / synRate, r: 1, wIn: gain / synRate, vLeak: p["rest"] ?? 0 };
      return [{ kind: "CubaLIF", ...fires, ...own }];
    }
    default:
      return [];
  }
}

type Fit = "same" | "reformed" | "differs";

/** Whether a dialect reads a NIR neuron as `wanted`. */
function fit(
  dialect: DialectName,
  neuron: Omit<NirNeuron, "reset">,
  reset: ResetChoice | undefined,
  wanted: NeuronSpec,
): Fit {
  const times = [neuron.tau, neuron.tauSyn].filter((tau) => tau !== undefined);
  if (!times.every((tau) => tau > 0 && Number.isFinite(tau))) return "differs";
  let found: NeuronSpec;
  try {
    found = neuronAs(dialect, neuron, reset).neuron;
  } catch (error) {
    if (error instanceof UserError) return "differs";
    throw error;
  }
  if (isSame(plainForm(found), plainForm(wanted))) return "same";
  return isSame(linearForm(plainForm(found)), linearForm(plainForm(wanted))) ? "reformed" : "differs";
}

/** A spec without what says nothing: canonical variants, gains of 1, resets of neurons that never fire. */
function plainForm(spec: NeuronSpec): NeuronSpec {
  const { isScaled: _, ...others } = spec.variant ?? {};
  const usual = { fires: "above", timing: "sameStep", spikes: "one" } as const;
  const variant = Object.fromEntries(
    Object.entries(others)
      .filter(([key, value]) => value !== false && usual[key as keyof typeof usual] !== value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const isSilent = neuronOf(spec).spike.op === "constant";
  const isZero = spec.reset.kind === "value" && spec.reset.value === 0;
  const reset = isSilent ? ({ kind: "none" } as const) : isZero ? ({ kind: "zero" } as const) : spec.reset;
  const { decay, ...rest } = { gain: 1, drift: 0, ...spec.parameters } as Readonly<Record<string, number>>;
  if (spec.model === "lif" && decay === 1) return { model: "integrateFire", reset, variant, parameters: rest };
  return { ...spec, reset, variant, parameters: { gain: 1, drift: 0, ...spec.parameters } };
}

/** Euler forms as the linear ones that they equal: v + rate · (input + rest − v) is decay · v + gain · input + drift. */
function linearForm(spec: NeuronSpec): NeuronSpec {
  const { model, parameters: p, variant } = spec;
  const { gain = 1, drift = 0, rest = 0, threshold = 1 } = p;
  const as = (like: "lif" | "cubaLif", values: Readonly<Record<string, number>>, how = variant): NeuronSpec => ({
    model: like,
    reset: spec.reset,
    ...(how === undefined ? {} : { variant: how }),
    parameters: { threshold, ...values },
  });
  switch (model) {
    case "eulerLif": {
      const rate = p["rate"] ?? 0;
      return as("lif", { decay: 1 - rate, gain: rate * gain, drift: rate * (rest + drift) });
    }
    case "relaxingLif": {
      // It starts at its resting potential.
      if (rest !== 0) return spec;
      const { input, ...others } = variant ?? {};
      const rate = 1 / (p["tau"] ?? 1);
      return as("lif", { decay: 1 - rate, gain: input === "whole" ? gain : rate * gain, drift: 0 }, others);
    }
    case "eulerCubaLif": {
      const [rate, currentRate] = [p["rate"] ?? 0, p["currentRate"] ?? 0];
      if (rest !== 0 || drift !== 0) return spec;
      return as("cubaLif", { decay: 1 - rate, currentDecay: 1 - currentRate, gain: rate * gain, drift: 0 });
    }
    default:
      return spec;
  }
}

/** Equal but for the rounding of a division and back. */
function isSame(a: NeuronSpec, b: NeuronSpec): boolean {
  const kind = ({ model, reset, variant }: NeuronSpec): string => JSON.stringify([model, reset, variant]);
  const names = Object.keys(a.parameters);
  if (kind(a) !== kind(b) || names.length !== Object.keys(b.parameters).length) return false;
  return names.every((name) => {
    const [x = Number.NaN, y = Number.NaN] = [a.parameters[name], b.parameters[name]];
    return Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x));
  });
}

function fieldsOf(
  chosen: readonly Omit<NirNeuron, "reset">[],
  count: number,
  shape: readonly number[],
): Pick<WrittenNeurons, "type" | "fields"> {
  const type = assertDefined(chosen[0], "neuron").kind;
  const names = Object.keys(nodeRule(type).fields) as (keyof typeof neuronFields)[];
  const fields = names.map((field) => {
    const values = chosen.map((neuron) => neuron[neuronFields[field]] ?? 0);
    return [field, perNeuron(values, count, shape)] as const;
  });
  return { type, fields: Object.fromEntries(fields) };
}

/** Fires on input + bias above the threshold: NIR's Threshold has no bias, so it lowers the threshold. */
function thresholds(specs: readonly NeuronSpec[], count: number, shape: readonly number[]): WrittenNeurons | undefined {
  const { variant } = plainForm(assertDefined(specs[0], "spec"));
  if (Object.keys(variant ?? {}).length > 0) return undefined;
  const values = specs.map(({ parameters: p }) => (p["threshold"] ?? 1) - (p["bias"] ?? 0));
  const isReformed = specs.some(({ parameters: p }) => (p["bias"] ?? 0) !== 0);
  return { type: "Threshold", fields: { threshold: perNeuron(values, count, shape) }, reset: undefined, isReformed };
}

function perNeuron(values: readonly number[], count: number, shape: readonly number[]): DataNumbers {
  const order = toChannelsFirst(shape, count);
  return dataNumbers(
    Float64Array.from(order, (n) => values[values.length === 1 ? 0 : n] ?? 0),
    "float64",
    shape,
  );
}

/** Names the first layer that no dialect says, or that only another dialect says than the layers before it. */
function noNeuron(layers: readonly Layer[], stepSeconds: number): UserError {
  const says = (layer: Layer): DialectName[] =>
    candidateDialects.filter((dialect) => writtenAs(dialect, layer, [layer.neuronCount], stepSeconds) !== undefined);
  const spoken = layers.map((layer) => ({ layer, dialects: says(layer) }));
  const silent = spoken.find(({ dialects }) => dialects.length === 0)?.layer;
  const hint =
    "NIR has LIF, IF, LI, I, CubaLIF, CubaLI and Threshold: train with lif, cubaLif, integrateFire or leakyIntegrator, or keep the .lacuna file";
  if (silent !== undefined) {
    const message = `"${silent.name}": NIR has no node for ${whatOf(silent.neuron)}`;
    return new UserError("nir/no-neuron", message, { exit: "unsupported", path: silent.name, hint });
  }
  const list = spoken.map(({ layer, dialects }) => `"${layer.name}" ${dialects.join(" or ")}`).join(", ");
  const message = `the layers need different dialects, and a NIR file has one: ${list}`;
  return new UserError("nir/no-neuron", message, { exit: "unsupported", hint: "give all layers one kind of reset" });
}

const oddities: Readonly<Record<string, string>> = {
  startsHalfway: "neurons that start at half a threshold",
  isGraded: "spikes that carry a value",
  levels: "a potential that is rounded to levels",
  mostSpikes: "a limited number of spikes in a step",
  isBounded: "a lower bound of the potential",
  isRescaled: "a potential that is divided by its gain",
};

function whatOf(spec: NeuronSpec): string {
  if (nirNeurons(spec, 1).length === 0 && spec.model !== "thresholdUnit") return `the model ${spec.model}`;
  const odd = Object.keys(spec.variant ?? {}).find((key) => Object.hasOwn(oddities, key));
  if (odd !== undefined) return assertDefined(oddities[odd], odd);
  if (spec.reset.kind === "none") return `a ${spec.model} that fires without reset`;
  const variant = Object.entries(plainForm(spec).variant ?? {}).map(([key, value]) => `${key} ${String(value)}`);
  return [`a ${spec.model} with reset ${spec.reset.kind}`, ...variant].join(", ");
}
