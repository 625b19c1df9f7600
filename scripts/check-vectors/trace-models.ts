// Frameworks' neuron classes and their parameters in ours. A parameter may be a number or one per neuron.
import { UserError } from "../../src/base/index.ts";
import {
  neuronSpec,
  type NeuronModelName,
  type NeuronSpec,
  type Reset,
  type Variant,
} from "../../src/model/neuron/index.ts";
import type { Bound } from "./compare.ts";

/** Parameters as the file has them. */
export type Parameters = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, number | readonly number[]>>;

/** What a trace is compared with. */
export interface TraceModel {
  readonly spec: NeuronSpec;
  /** Parameters with a value for every neuron. */
  readonly own: Readonly<Record<string, readonly number[]>>;
  /** Names of the file's state variables in ours. */
  readonly states: Readonly<Record<string, string>>;
  readonly bound: Bound;
}

const exact: Bound = { unit: "ulp", bound: 1 };
const exponentials: Bound = { unit: "relative", bound: 1e-6, note: "e^x of the neuron language" };
/** 2.4e-7 as measured for one sum; a weighted sum that enters the state is multiplied by 1 / (1 − decay) at most. */
const sums: Bound = { unit: "relative", bound: 1e-6, note: "the framework sums in another order" };

type Builder = (params: Parameters, levels: readonly number[] | undefined) => TraceModel;

/** By framework and class name. */
const builders: Readonly<Record<string, Readonly<Record<string, Builder>>>> = {
  snnTorch: {
    Leaky: (p, levels) =>
      model("lif", p, { decay: share(p["beta"]), threshold: p["threshold"] ?? 1 }, { mem: "v" }, exact, {
        ...snnTorchVariant(p, p["reset_mechanism"] === "zero" ? "kept" : "charged"),
        ...(p["graded_spikes_factor"] === undefined ? {} : { isGraded: true }),
        ...(levels === undefined ? {} : { levels }),
      }),
    RLeaky: (p) => {
      const isOwn = p["all_to_all"] === false;
      const values = {
        decay: share(p["beta"]),
        threshold: p["threshold"] ?? 1,
        ...(isOwn ? { ownWeight: p["V"] } : {}),
      };
      const variant = { ...snnTorchVariant(p, "charged"), isSelfConnected: true };
      return model("lif", p, values, { mem: "v" }, isOwn ? exact : sums, variant);
    },
    Synaptic: (p) => synaptic(p, snnTorchVariant(p, "charged"), exact),
    // Its reset_delay has no effect, as measured.
    RSynaptic: (p) => {
      const variant = { ...snnTorchVariant({ ...p, reset_delay: true }, "charged"), isSelfConnected: true };
      return synaptic(p, variant, p["all_to_all"] === false ? exact : sums);
    },
    Alpha: (p) => {
      const [excite, inhibit] = [number(p["alpha"]), number(p["beta"])];
      // In 32-bit floats, as tensors.
      const { fround } = Math;
      const [a, b] = [fround(Math.log(fround(excite))), fround(Math.log(fround(inhibit)))];
      const tau = fround(fround(a / fround(b - a)) + 1);
      const values = { excite, inhibit, tau, threshold: p["threshold"] ?? 1 };
      return model(
        "alpha",
        { reset_mechanism: "zero", ...p },
        values,
        { mem: "v", syn_exc: "e", syn_inh: "n" },
        exact,
        {},
      );
    },
    Lapicque: (p) =>
      model(
        "lapicque",
        p,
        { resistance: p["R"] ?? 1, capacitance: p["C"], step: p["time_step"] ?? 1, threshold: p["threshold"] ?? 1 },
        { mem: "v" },
        exact,
        snnTorchVariant(p, "charged"),
      ),
  },
  SpikingJelly: {
    IFNode: (p) => jelly("integrateFire", p, {}),
    HalfThresholdIFNode: (p) => jelly("integrateFire", p, {}, { startsHalfway: true }),
    LIFNode: (p) => jelly("relaxingLif", p, { tau: p["tau"], rest: resting(p) }, wholeInput(p)),
    ParametricLIFNode: (p) =>
      jelly("parametricLif", p, { w: p["w"] ?? -Math.log(number(p["init_tau"]) - 1), rest: resting(p) }, wholeInput(p)),
    CUBALIFNode: (p) => jelly("cubaLif", p, { currentDecay: p["c_decay"], decay: p["v_decay"] }),
    QIFNode: (p) => jelly("qif", p, { tau: p["tau"], a0: p["a0"], rest: p["v_rest"], critical: p["v_c"] }),
    EIFNode: (p) => {
      const values = { tau: p["tau"], sharpness: p["delta_T"], rest: p["v_rest"], rheobase: p["theta_rh"] };
      return jelly("eif", p, values, {}, exponentials);
    },
    IzhikevichNode: (p) => {
      if (number(p["w_rest"] ?? 0) !== 0) throw new UserError("vectors/izhikevich", "w_rest is not 0");
      const { tau, a0, v_rest: rest, v_c: critical, tau_w: tauW, a, b } = p;
      return jelly("izhikevich", p, { tau, a0, rest, critical, tauW, a, b });
    },
    KLIFNode: (p) =>
      jelly(
        "klif",
        p,
        { tau: p["tau"], k: p["k"], rest: resting(p) },
        {
          ...wholeInput(p),
          ...(p["scale_reset"] === true ? { isRescaled: true } : {}),
        },
      ),
  },
};

/** Whether some neuron of ours answers to the class. */
export function knowsModel(framework: string, name: string): boolean {
  return Object.hasOwn(builders, framework) && Object.hasOwn(builders[framework] ?? {}, name);
}

export function traceModel(
  framework: string,
  name: string,
  params: Parameters,
  levels: readonly number[] | undefined,
): TraceModel {
  const build = builders[framework]?.[name];
  if (build === undefined) throw new UserError("vectors/unknown-model", `no neuron for ${framework} "${name}"`);
  return build(params, levels);
}

// ---------------------------------------------------------------------------------------------------------------------

function model(
  name: NeuronModelName,
  params: Parameters,
  values: Readonly<Record<string, unknown>>,
  states: Readonly<Record<string, string>>,
  bound: Bound,
  variant: Variant,
): TraceModel {
  const given: Values = {
    ...(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values),
    ...(variant.isGraded === true ? { amplitude: number(params["graded_spikes_factor"]) } : {}),
  };
  const own = Object.entries(given).filter(
    (entry): entry is [string, readonly number[]] => typeof entry[1] !== "number",
  );
  const shared = Object.entries(given).map(([key, value]) => [
    key,
    typeof value === "number" ? value : (value[0] ?? 0),
  ]);
  const spec = neuronSpec(name, Object.fromEntries(shared) as Record<string, number>, resetOf(params), variant);
  return { spec, own: Object.fromEntries(own), states, bound };
}

function synaptic(p: Parameters, variant: Variant, bound: Bound): TraceModel {
  const values = {
    currentDecay: share(p["alpha"]),
    decay: share(p["beta"]),
    threshold: p["threshold"] ?? 1,
    ...(p["V"] === undefined ? {} : { ownWeight: p["V"] }),
  };
  return model("cubaLif", p, values, { mem: "v", syn: "i" }, bound, variant);
}

function jelly(
  name: NeuronModelName,
  params: Parameters,
  values: Readonly<Record<string, unknown>>,
  variant: Variant = {},
  bound: Bound = exact,
): TraceModel {
  const all = { ...values, threshold: params["v_threshold"] ?? 1 };
  return model(name, params, all, { v: "v", c: "i", w: "w" }, bound, { fires: "atLeast", ...variant });
}

/** snnTorch names its reset; SpikingJelly's v_reset is null for subtraction. */
function resetOf(params: Parameters): Reset {
  if ("v_reset" in params) {
    return params["v_reset"] === null ? { kind: "subtract" } : { kind: "value", value: number(params["v_reset"]) };
  }
  switch (params["reset_mechanism"] ?? "subtract") {
    case "subtract":
    case undefined:
      return { kind: "subtract" };
    case "zero":
      return { kind: "zero" };
    case "none":
      return { kind: "none" };
    default:
      throw new UserError("vectors/reset", `no reset mechanism "${String(params["reset_mechanism"])}"`);
  }
}

function snnTorchVariant(params: Parameters, of: "kept" | "charged"): Variant {
  return { timing: params["reset_delay"] === false ? "undelayed" : "nextStep", resetOf: of };
}

function wholeInput(params: Parameters): Variant {
  return params["decay_input"] === false ? { input: "whole" } : {};
}

function resting(params: Parameters): number {
  return typeof params["v_reset"] === "number" ? params["v_reset"] : 0;
}

/** snnTorch clamps its decays to 0…1. */
function share(value: unknown): number | readonly number[] {
  const clamp = (x: unknown): number => Math.min(1, Math.max(0, number(x)));
  return Array.isArray(value) ? value.map(clamp) : clamp(value);
}

function number(value: unknown): number {
  if (typeof value === "number") return value;
  throw new UserError("vectors/parameter", `expected a number, got ${JSON.stringify(value)}`);
}
