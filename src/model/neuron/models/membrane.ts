// What all models with a membrane potential share: when it fires, how it resets, what a spike carries. A model says how the
// potential is charged; reset and variant say the rest, here and nowhere else.

import {
  above,
  add,
  atLeast,
  constant,
  div,
  floor,
  isBit,
  mul,
  reference,
  select,
  through,
  type Expression,
} from "../expression.ts";
import { detached, larger, smaller, snapped } from "../functions.ts";
import { defineNeuron, type Neuron, type ParameterDefinition } from "../neuron.ts";
import { thresholdParameter, variantParameters } from "./parameters.ts";
import { afterReset, resetAfterMany, resetPotential, type Reset } from "./reset.ts";
import type { Variant } from "./variant.ts";

type Names = Readonly<Record<string, Expression>>;
type Symbols<Name extends string> = Readonly<Record<Name | "v" | "input" | "threshold", Expression>> & {
  /** `base` + input, in the order in which frameworks add a neuron's own last spike: after the input. */
  readonly plusInput: (base: Expression) => Expression;
};

/** A model with a potential v and a threshold; `State` and `Parameter` are its names beside these. */
export interface MembraneModel<State extends string, Parameter extends string> {
  readonly name: string;
  readonly state?: readonly State[];
  readonly parameters: Readonly<Record<Parameter, ParameterDefinition>>;
  /** The charged potential, from the potential `v` and `input`. */
  readonly charge: (symbols: Symbols<State | Parameter>) => Expression;
  /** The other state after the step; `charged` is the potential that fired or did not. */
  readonly next?: (
    symbols: Symbols<State | Parameter> & { readonly spike: Expression; readonly charged: Expression },
  ) => Readonly<Record<State, Expression>>;
  /** What potential and threshold become after the comparison, before the reset. */
  readonly rescale?: (value: Expression, symbols: Symbols<State | Parameter>) => Expression;
  /** What the potential is compared with, where it is not the threshold alone. */
  readonly bar?: (symbols: Symbols<State | Parameter>) => Expression;
  readonly initial?: (
    parameters: Readonly<Record<NoInfer<Parameter>, Expression>>,
  ) => Readonly<Record<string, Expression>>;
}

export function defineMembrane<State extends string = never, Parameter extends string = never>(
  model: MembraneModel<State, Parameter>,
  reset: Reset,
  variant: Variant,
): Neuron {
  type Own = Symbols<State | Parameter>;
  const others = [...(model.state ?? []), ...(variant.isSelfConnected === true ? ["fired"] : [])];
  const starts = variant.startsHalfway === true || model.initial !== undefined;
  return defineNeuron<string, string>({
    name: model.name,
    state: ["v", ...others],
    parameters: { ...model.parameters, threshold: thresholdParameter, ...variantParameters(variant) },
    ...(starts ? { initial: (all) => ({ ...model.initial?.(all), ...halfway(variant, all) }) } : {}),
    step: (all) => {
      const symbols = { ...all, ...inputOf(all, variant) } as Own;
      const threshold = model.bar?.(symbols) ?? symbols.threshold;
      const charge = (v: Expression): Expression => model.charge({ ...symbols, v });
      const rescale = (value: Expression): Expression => model.rescale?.(value, symbols) ?? value;
      const { spike, charged, v } = fire({ variant, reset, v: symbols.v, threshold, charge, rescale });
      const sent = variant.isGraded === true ? mul(spike, get(all, "amplitude")) : spike;
      return {
        spike: sent,
        next: {
          v: variant.isBounded === true ? larger(v, get(all, "lowest")) : v,
          ...model.next?.({ ...symbols, spike, charged }),
          ...(variant.isSelfConnected === true ? { fired: lastSent(sent) } : {}),
        },
      };
    },
  });
}

/** v = rest before the first step. */
export function startAtRest({ rest }: { readonly rest: Expression }): Readonly<Record<string, Expression>> {
  return { v: rest };
}

/** v as a reset leaves it, before the first step. */
export function startAtReset(reset: Reset): () => Readonly<Record<string, Expression>> {
  return () => ({ v: constant(reset.kind === "value" ? reset.value : 0) });
}

/** 1 where the potential fires. */
export function compareWith({ fires }: Variant, potential: Expression, threshold: Expression): Expression {
  return (fires === "atLeast" ? atLeast : above)(potential, threshold);
}

/** 1 where the potential that the last step left fired, as a fact that does not learn. */
export function earlierSpike(variant: Variant, v: Expression, threshold: Expression): Expression {
  return detached(compareWith(variant, v, threshold));
}

// ---------------------------------------------------------------------------------------------------------------------

/** Fire and reset by `variant`: what is sent, the potential that fired or did not, the potential after the step. */
function fire(parts: {
  readonly variant: Variant;
  readonly reset: Reset;
  readonly v: Expression;
  readonly threshold: Expression;
  readonly charge: (v: Expression) => Expression;
  readonly rescale: (value: Expression) => Expression;
}): { readonly spike: Expression; readonly charged: Expression; readonly v: Expression } {
  const { variant, reset, v, threshold, charge, rescale } = parts;
  const fires = (potential: Expression): Expression => compareWith(variant, potential, threshold);
  const snap = (potential: Expression): Expression =>
    variant.levels === undefined ? potential : snapped(potential, variant.levels);
  if (variant.timing === undefined || variant.timing === "sameStep") {
    const charged = snap(charge(v));
    if (variant.spikes === "many") {
      const spike = spikeCount(variant, charged, threshold);
      return { spike, charged, v: resetAfterMany(reset, spike, charged, threshold) };
    }
    const spike = fires(charged);
    return { spike, charged, v: resetPotential(reset, spike, rescale(charged), rescale(threshold)) };
  }
  const isFirst = variant.timing === "spikeFirst";
  const before = isFirst ? fires(v) : earlierSpike(variant, v, threshold);
  const kept = variant.resetOf === "kept" ? resetPotential(reset, before, v, threshold) : v;
  const whole = charge(kept);
  const charged = snap(variant.resetOf === "kept" ? whole : resetPotential(reset, before, whole, threshold));
  if (isFirst) return { spike: before, charged: v, v: charged };
  const spike = fires(charged);
  const after = variant.timing === "undelayed" ? undelayed(reset, { spike, before, charged, threshold }) : charged;
  return { spike, charged, v: after };
}

/** snnTorch's do_reset = spike − before, which is −1 where a potential stayed above the threshold and then does not fire. */
function undelayed(
  reset: Reset,
  step: {
    readonly spike: Expression;
    readonly before: Expression;
    readonly charged: Expression;
    readonly threshold: Expression;
  },
): Expression {
  const { spike, before, charged, threshold } = step;
  if (reset.kind === "none") return charged;
  const undone = reset.kind === "subtract" ? add(charged, threshold) : add(charged, charged);
  return select(spike, select(before, charged, afterReset(reset, charged, threshold)), select(before, undone, charged));
}

/** Whole thresholds in the potential; it learns by the surrogate at the nearest multiple of the threshold. */
function spikeCount({ mostSpikes }: Variant, charged: Expression, threshold: Expression): Expression {
  const ratio = div(charged, threshold);
  const whole = select(detached(atLeast(charged, threshold)), floor(ratio), constant(0));
  const count = mostSpikes === undefined ? whole : smaller(whole, constant(mostSpikes));
  return through(count, above(ratio, floor(add(ratio, constant(0.5)))));
}

function inputOf(symbols: Names, variant: Variant): Pick<Symbols<never>, "input" | "plusInput"> {
  const raw = get(symbols, "input");
  const input = variant.isScaled === true ? add(mul(get(symbols, "gain"), raw), get(symbols, "drift")) : raw;
  if (variant.isSelfConnected !== true) return { input, plusInput: (base) => add(base, input) };
  const own = mul(get(symbols, "ownWeight"), get(symbols, "fired"));
  return { input: add(input, own), plusInput: (base) => add(add(base, input), own) };
}

/** What a neuron hears of itself in the next step: a plain spike as 1, any other as what it carries. */
function lastSent(sent: Expression): Expression {
  return isBit(sent) ? select(sent, constant(1), constant(0)) : sent;
}

function halfway({ startsHalfway }: Variant, parameters: Names): Readonly<Record<string, Expression>> {
  return startsHalfway === true ? { v: mul(constant(0.5), get(parameters, "threshold")) } : {};
}

function get(symbols: Names, name: string): Expression {
  return symbols[name] ?? reference(name);
}
