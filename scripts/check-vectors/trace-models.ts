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
import { numberOf, readAll, type Parameters } from "./parameters.ts";

type Values = Readonly<Record<string, number | readonly number[]>>;

/** What a trace is compared with. */
export interface TraceModel {
  readonly spec: NeuronSpec;
  /** Parameters with a value for every neuron. */
  readonly own: Readonly<Record<string, readonly number[]>>;
  /** Names of the file's state variables in ours. */
  readonly states: Readonly<Record<string, string>>;
  /** State before the first step where the framework starts elsewhere than our model. */
  readonly initial: Readonly<Record<string, number>>;
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
      model(
        "lif",
        p,
        snnTorchReset(p),
        { decay: share(p["beta"]), threshold: p["threshold"] ?? 1 },
        { mem: "v" },
        exact,
        {
          ...snnTorchVariant(p, p["reset_mechanism"] === "zero" ? "kept" : "charged"),
          ...quantized(p, levels),
        },
      ),
    RLeaky: (p) => {
      const own = ownWeight(p);
      const values = { decay: share(p["beta"]), threshold: p["threshold"] ?? 1, ...own };
      const variant = { ...snnTorchVariant(p, "charged"), isSelfConnected: true };
      return model("lif", p, snnTorchReset(p), values, { mem: "v" }, own === undefined ? sums : exact, variant);
    },
    Synaptic: (p) => synaptic(p, snnTorchVariant(p, "charged"), exact),
    // Its reset_delay has no effect, as measured.
    RSynaptic: (p) => {
      void p["reset_delay"];
      const variant: Variant = { ...graded(p), timing: "nextStep", resetOf: "charged", isSelfConnected: true };
      return synaptic(p, variant, ownWeight(p) === undefined ? sums : exact);
    },
    Alpha: (p) => {
      const [excite, inhibit] = [numberOf(p["alpha"], "alpha"), numberOf(p["beta"], "beta")];
      // In 32-bit floats, as tensors.
      const { fround } = Math;
      const [a, b] = [fround(Math.log(fround(excite))), fround(Math.log(fround(inhibit)))];
      const tau = fround(fround(a / fround(b - a)) + 1);
      const values = { excite, inhibit, tau, threshold: p["threshold"] ?? 1 };
      const states = { mem: "v", syn_exc: "e", syn_inh: "n" };
      return model("alpha", p, snnTorchReset(p, "zero"), values, states, exact, graded(p));
    },
    Lapicque: (p) => {
      const [resistance, step] = [numberOf(p["R"] ?? 1, "R"), numberOf(p["time_step"] ?? 1, "time_step")];
      const beta = p["beta"];
      // From beta, where C is not given.
      const capacitance = p["C"] ?? step / (resistance * Math.log(1 / numberOf(beta, "beta")));
      const values = { resistance, capacitance, step, threshold: p["threshold"] ?? 1 };
      const variant: Variant = { ...graded(p), timing: "nextStep", resetOf: "charged" };
      return model("lapicque", p, snnTorchReset(p), values, { mem: "v" }, exact, variant);
    },
  },
  SpikingJelly: {
    IFNode: (p) => jelly("integrateFire", p, {}),
    // Always by subtraction: it takes no v_reset.
    HalfThresholdIFNode: (p) => jelly("integrateFire", p, {}, { startsHalfway: true }, exact, "v_reset" in p),
    LIFNode: (p) => jelly("relaxingLif", p, { tau: p["tau"], rest: resting(p) }, wholeInput(p)),
    ParametricLIFNode: (p) => {
      const initial = p["init_tau"];
      const w = p["w"] ?? -Math.log(numberOf(initial, "init_tau") - 1);
      return jelly("parametricLif", p, { w, rest: resting(p) }, wholeInput(p));
    },
    CUBALIFNode: (p) => jelly("cubaLif", p, { currentDecay: p["c_decay"], decay: p["v_decay"] }),
    QIFNode: (p) => jelly("qif", p, { tau: p["tau"], a0: p["a0"], rest: p["v_rest"], critical: p["v_c"] }),
    EIFNode: (p) => {
      const values = { tau: p["tau"], sharpness: p["delta_T"], rest: p["v_rest"], rheobase: p["theta_rh"] };
      return jelly("eif", p, values, {}, exponentials);
    },
    IzhikevichNode: (p) => {
      const { tau, a0, v_rest: rest, v_c: critical, tau_w: tauW, a, b } = p;
      const built = jelly("izhikevich", p, { tau, a0, rest, critical, tauW, a, b });
      return { ...built, initial: { ...built.initial, w: numberOf(p["w_rest"] ?? 0, "w_rest") } };
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
  return readAll(`${framework} ${name}`, params, (watched) => build(watched, levels));
}

// ---------------------------------------------------------------------------------------------------------------------

function model(
  name: NeuronModelName,
  params: Parameters,
  reset: Reset,
  values: Readonly<Record<string, unknown>>,
  states: Readonly<Record<string, string>>,
  bound: Bound,
  variant: Variant,
): TraceModel {
  const given: Values = {
    ...(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values),
    ...(variant.isGraded === true
      ? { amplitude: numberOf(params["graded_spikes_factor"], "graded_spikes_factor") }
      : {}),
  };
  const own = Object.entries(given).filter(
    (entry): entry is [string, readonly number[]] => typeof entry[1] !== "number",
  );
  const shared = Object.entries(given).map(([key, value]) => [
    key,
    typeof value === "number" ? value : (value[0] ?? 0),
  ]);
  const spec = neuronSpec(name, Object.fromEntries(shared) as Record<string, number>, reset, variant);
  return { spec, own: Object.fromEntries(own), states, initial: {}, bound };
}

function synaptic(p: Parameters, variant: Variant, bound: Bound): TraceModel {
  const values = {
    currentDecay: share(p["alpha"]),
    decay: share(p["beta"]),
    threshold: p["threshold"] ?? 1,
    ...ownWeight(p),
  };
  return model("cubaLif", p, snnTorchReset(p), values, { mem: "v", syn: "i" }, bound, variant);
}

/** Feedback of each neuron to itself; undefined where weights lead to all. */
function ownWeight(p: Parameters): { readonly ownWeight: unknown } | undefined {
  void p["recurrent_weight"];
  void p["recurrent_bias"];
  void p["all_to_all"];
  return p["V"] === undefined ? undefined : { ownWeight: p["V"] };
}

function jelly(
  name: NeuronModelName,
  params: Parameters,
  values: Readonly<Record<string, unknown>>,
  variant: Variant = {},
  bound: Bound = exact,
  hasReset = true,
): TraceModel {
  const missing = Object.entries({ ...values, v_threshold: params["v_threshold"] }).find(([, x]) => x === undefined);
  if (missing !== undefined) throw new UserError("vectors/parameter", `${name}: the file does not name ${missing[0]}`);
  const all = { ...values, threshold: params["v_threshold"] };
  const reset = hasReset ? jellyReset(params) : ({ kind: "subtract" } as const);
  const states = { v: "v", c: "i", w: "w" };
  const built = model(name, params, reset, all, states, bound, { fires: "atLeast", ...variant });
  return { ...built, initial: reset.kind === "value" ? { v: reset.value } : {} };
}

/** v_reset null subtracts. @throws `vectors/parameter` where it is missing: frameworks' defaults differ from class to class */
function jellyReset(params: Parameters): Reset {
  const value = params["v_reset"];
  return value === null ? { kind: "subtract" } : { kind: "value", value: numberOf(value, "v_reset") };
}

function snnTorchReset(params: Parameters, usual: "subtract" | "zero" = "subtract"): Reset {
  const kind = params["reset_mechanism"] ?? usual;
  if (kind === "subtract" || kind === "zero" || kind === "none") return { kind };
  throw new UserError("vectors/reset", `no reset mechanism ${JSON.stringify(kind)}`);
}

function snnTorchVariant(params: Parameters, of: "kept" | "charged"): Variant {
  const timing = params["reset_delay"] === false ? "undelayed" : "nextStep";
  return { ...graded(params), timing, resetOf: of };
}

function graded(params: Parameters): Variant {
  return params["graded_spikes_factor"] === undefined ? {} : { isGraded: true };
}

function quantized(params: Parameters, levels: readonly number[] | undefined): Variant {
  void params["state_quant"];
  return levels === undefined ? {} : { levels };
}

function wholeInput(params: Parameters): Variant {
  return params["decay_input"] === false ? { input: "whole" } : {};
}

/** Where the leak leads to: v_reset, or 0 where nothing is reset to. */
function resting(params: Parameters): number {
  return typeof params["v_reset"] === "number" ? params["v_reset"] : 0;
}

/** snnTorch clamps its decays to 0…1. */
function share(value: unknown): number | readonly number[] {
  const clamp = (x: unknown): number => Math.min(1, Math.max(0, numberOf(x, "a decay")));
  return Array.isArray(value) ? value.map(clamp) : clamp(value);
}
