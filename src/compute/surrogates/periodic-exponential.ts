import {
  absolute,
  add,
  atLeast,
  constant,
  div,
  exponential,
  floor,
  mul,
  select,
  sub,
} from "../../model/neuron/index.ts";
import { defineSurrogate, type SurrogateDefinition } from "./definition.ts";

/** An exponential peak at every multiple of the threshold: for neurons that fire several times in a step. */
export const periodicExponential: SurrogateDefinition = defineSurrogate({
  parameters: {
    tau: { initial: 0.5, meaning: "u over which a peak falls to 1 / e" },
    period: { initial: 1, meaning: "from peak to peak: the threshold" },
  },
  formula: "e^(−d / tau) / period, d the distance to the nearest of 0, period, 2 · period, …",
  source: "Sinabs PeriodicExponential (grad_width is tau), Rockpool",
  derivative: (u, { tau, period }) => {
    const nearest = mul(constant(period), floor(add(div(u, constant(period)), constant(0.5))));
    const distance = absolute(select(atLeast(u, constant(0)), sub(u, nearest), u));
    return mul(constant(1 / period), exponential(mul(constant(-1 / tau), distance)));
  },
});
