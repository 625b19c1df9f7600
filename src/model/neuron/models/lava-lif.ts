import { above, add, constant, div, floor, mul, select, sub, type Expression } from "../expression.ts";
import { absolute, clamped, detached } from "../functions.ts";
import { defineNeuron, type Neuron } from "../neuron.ts";
import { coefficient, potential } from "./parameters.ts";

/**
 * Lava's bit-exact integer LIF (Loihi): whole numbers throughout, u wraps at 24 bits, v saturates, decays are 12-bit and round toward
 * 0, and only the current's is off by one. Every intermediate value is below 2^24, so that 32-bit floats are exact: the product of
 * a decay is taken in two halves.
 */
export function lavaLif(): Neuron {
  return defineNeuron({
    name: "lavaLif",
    state: ["v", "u"],
    noIntegers: {
      why: "its 24-bit states and 12-bit decays need products beyond the 31 bits that integers have here",
      instead: "use cubaLif, whose states and decays have the bits of the layer",
    },
    parameters: {
      du: coefficient(2048, "12-bit decay of the current", 0, 4095),
      dv: coefficient(128, "12-bit decay of the potential", 0, 4096),
      threshold: potential(10, "its 17 bits are shifted left by 6"),
      bias: potential(0, "added to the potential in every step"),
    },
    step: ({ v, u, input, du, dv, threshold, bias }) => {
      const raw = add(kept(u, sub(constant(4095), du)), mul(constant(64), input));
      const turns = floor(div(add(raw, constant(2 ** 23)), constant(2 ** 24)));
      const current = sub(raw, mul(constant(2 ** 24), turns));
      const limit = 2 ** 23 - 1;
      const sum = add(add(kept(v, sub(constant(4096), dv)), current), bias);
      const charged = clamped(sum, constant(-limit), constant(limit));
      const spike = above(charged, mul(constant(64), threshold));
      return { spike, next: { v: select(spike, constant(0), charged), u: current } };
    },
  });
}

/** sign · ((|x| · share) >> 12). */
function kept(x: Expression, share: Expression): Expression {
  const size = absolute(x);
  const high = floor(div(size, constant(4096)));
  const low = sub(size, mul(constant(4096), high));
  const scaled = add(mul(share, high), floor(div(mul(share, low), constant(4096))));
  return select(detached(above(constant(0), x)), sub(constant(0), scaled), scaled);
}
