// Every way in which the frameworks step NIR's neurons, as one definition in the neuron language with its choices made at
// definition.

import {
  above,
  add,
  atLeast,
  constant,
  defineNeuron,
  div,
  floor,
  larger,
  mul,
  select,
  sub,
  type Expression,
  type Neuron,
  type ParameterDefinition,
} from "../neuron/index.ts";

/** The choices of a step. */
export interface StepShape {
  /** No synaptic current, or one that decays before or after the step's input is added. */
  readonly synapse: "none" | "before-input" | "after-input";
  readonly decays: boolean;
  /** Rests elsewhere than at 0. */
  readonly offset: boolean;
  readonly fires: "never" | "above" | "atLeast" | "many";
  readonly firesFirst: boolean;
  readonly reset: "zero" | "value" | "subtract";
  readonly bounded: boolean;
}

/** The neuron of a shape; equal shapes give the same object. */
export function stepNeuronOf(shape: StepShape): Neuron {
  const key = JSON.stringify(shape);
  const known = neurons.get(key);
  if (known !== undefined) return known;
  const neuron = define(shape);
  neurons.set(key, neuron);
  return neuron;
}

// ---------------------------------------------------------------------------------------------------------------------

const neurons = new Map<string, Neuron>();

const share: ParameterDefinition = {
  role: "coefficient",
  range: { low: 0, high: 1 },
  initial: 0.9,
  meaning: "share kept per step",
};
const potential: ParameterDefinition = {
  role: "potential",
  range: { low: -1e6, high: 1e6 },
  initial: 1,
  meaning: "a potential",
};

function define(shape: StepShape): Neuron {
  const hasCurrent = shape.synapse !== "none";
  const parameters: Record<string, ParameterDefinition> = {
    ...(shape.decays ? { decay: share } : {}),
    ...(hasCurrent ? { currentDecay: share } : {}),
    ...(shape.offset ? { offset: potential } : {}),
    ...(shape.fires === "never" ? {} : { threshold: potential }),
    ...(shape.fires !== "never" && shape.reset === "value" ? { resetTo: potential } : {}),
  };
  return defineNeuron<string, string>({
    name: hasCurrent ? "nirCuba" : "nir",
    state: hasCurrent ? ["v", "i"] : ["v"],
    parameters,
    step: (symbols) => {
      const zero = constant(0);
      const at = (name: string): Expression => symbols[name] ?? zero;
      const current = synapticCurrent(shape, at);
      const fed = shape.offset ? add(current, at("offset")) : current;
      const decayed = (v: Expression): Expression => (shape.decays ? mul(at("decay"), v) : v);
      const { spike, v } = shape.firesFirst
        ? fireFirst(shape, at, fed, decayed)
        : fireAfter(shape, at, add(decayed(at("v")), fed));
      return { spike, next: hasCurrent ? { v, i: current } : { v } };
    },
  });
}

type Symbols = (name: string) => Expression;

function synapticCurrent({ synapse }: StepShape, at: Symbols): Expression {
  switch (synapse) {
    case "none":
      return at("input");
    case "before-input":
      return add(mul(at("currentDecay"), at("i")), at("input"));
    case "after-input":
      return mul(at("currentDecay"), add(at("i"), at("input")));
    default:
      return synapse satisfies never;
  }
}

/** Spyx: the old potential fires; a synaptic neuron loses its threshold before the leak, a plain one after it. */
function fireFirst(
  { synapse }: StepShape,
  at: Symbols,
  fed: Expression,
  decayed: (v: Expression) => Expression,
): { readonly spike: Expression; readonly v: Expression } {
  const spike = above(at("v"), at("threshold"));
  const loss = select(spike, at("threshold"), constant(0));
  if (synapse !== "none") return { spike, v: add(decayed(sub(at("v"), loss)), fed) };
  return { spike, v: sub(add(decayed(at("v")), fed), loss) };
}

function fireAfter(
  shape: StepShape,
  at: Symbols,
  charged: Expression,
): { readonly spike: Expression; readonly v: Expression } {
  const threshold = at("threshold");
  const bounded = (v: Expression): Expression => (shape.bounded ? larger(v, sub(constant(0), threshold)) : v);
  switch (shape.fires) {
    case "never":
      return { spike: constant(0), v: charged };
    case "many": {
      const spike = larger(floor(div(charged, threshold)), constant(0));
      return { spike, v: bounded(sub(charged, mul(spike, threshold))) };
    }
    case "above":
    case "atLeast": {
      const spike = shape.fires === "above" ? above(charged, threshold) : atLeast(charged, threshold);
      return { spike, v: bounded(select(spike, afterSpike(shape, at, charged), charged)) };
    }
    default:
      return shape.fires satisfies never;
  }
}

function afterSpike({ reset }: StepShape, at: Symbols, charged: Expression): Expression {
  switch (reset) {
    case "zero":
      return constant(0);
    case "value":
      return at("resetTo");
    case "subtract":
      return sub(charged, at("threshold"));
    default:
      return reset satisfies never;
  }
}
