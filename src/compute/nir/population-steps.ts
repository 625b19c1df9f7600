// One population of equal neurons, step by step: every node of the neuron's definition is one loop over all neurons, in 32-bit
// floats, as the reference rounds.

import { assertDefined } from "../../base/index.ts";
import { initialState, operands, topologicalOrder, type Expression, type Neuron } from "../../model/neuron/index.ts";

export interface PopulationSteps {
  /** Replaced in every step. Shape [neuron]. */
  readonly spikes: Float32Array;
  /** State by name after the step. Shape [neuron]. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Back to the state before the first step. */
  reset(): void;
  /** What the step will send, for neurons whose spikes do not depend on its input. */
  foretell(): Float32Array;
  /** @param input  Shape [neuron]. */
  step(input: Float32Array): void;
}

/** @param parameters  Shape [neuron] each. */
export function populationSteps(
  neuron: Neuron,
  count: number,
  parameters: Readonly<Record<string, Float32Array>>,
): PopulationSteps {
  const state = Object.fromEntries(neuron.state.map((name) => [name, new Float32Array(count)]));
  const input = new Float32Array(count);
  const places: Record<string, Float32Array> = { ...parameters, ...state, input };
  const roots = [neuron.spike, ...Object.values(neuron.next)];
  const registers = new Map<Expression, Float32Array>();
  const loops = topologicalOrder(roots).flatMap((node) => {
    const { register, loop } = compile(node, count, places, (operand) =>
      assertDefined(registers.get(operand), operand.op),
    );
    registers.set(node, register);
    return loop === undefined ? [] : [loop];
  });
  const registerOf = (root: Expression): Float32Array => assertDefined(registers.get(root), "register");
  // A state that is another state's old value must be copied before that one changes.
  const next = Object.entries(neuron.next).map(([name, root]) => {
    return { to: assertDefined(state[name], name), from: registerOf(root), held: new Float32Array(count) };
  });
  const spikes = new Float32Array(count);
  const reset = (): void => {
    for (let n = 0; n < count; n++) {
      const own = Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values[n] ?? 0]));
      for (const [name, value] of Object.entries(initialState(neuron, own)))
        assertDefined(state[name], name)[n] = value;
    }
  };
  reset();
  return {
    spikes,
    state,
    reset,
    foretell: () => {
      for (const loop of loops) loop();
      return registerOf(neuron.spike);
    },
    step: (arriving) => {
      input.set(arriving);
      for (const loop of loops) loop();
      spikes.set(registerOf(neuron.spike));
      for (const { from, held } of next) held.set(from);
      for (const { to, held } of next) to.set(held);
    },
  };
}

// ---------------------------------------------------------------------------------------------------------------------

type Loop = () => void;

function compile(
  node: Expression,
  count: number,
  places: Readonly<Record<string, Float32Array>>,
  at: (operand: Expression) => Float32Array,
): { readonly register: Float32Array; readonly loop?: Loop } {
  if (node.op === "reference") return { register: assertDefined(places[node.name], node.name) };
  if (node.op === "constant") return { register: new Float32Array(count).fill(node.value) };
  const out = new Float32Array(count);
  const [a = out, b = out, c = out] = operands(node).map(at);
  return { register: out, loop: loopOf(node.op, out, a, b, c) };
}

// One loop per operation, each with its own body: a shared one that calls back is ten times slower.
function loopOf(
  op: Exclude<Expression["op"], "constant" | "reference">,
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
): Loop {
  const count = out.length;
  switch (op) {
    case "add":
      return () => {
        for (let n = 0; n < count; n++) out[n] = (a[n] as number) + (b[n] as number);
      };
    case "sub":
      return () => {
        for (let n = 0; n < count; n++) out[n] = (a[n] as number) - (b[n] as number);
      };
    case "mul":
      return () => {
        for (let n = 0; n < count; n++) out[n] = (a[n] as number) * (b[n] as number);
      };
    case "div":
      return () => {
        for (let n = 0; n < count; n++) out[n] = (a[n] as number) / (b[n] as number);
      };
    case "above":
      return () => {
        for (let n = 0; n < count; n++) out[n] = (a[n] as number) > (b[n] as number) ? 1 : 0;
      };
    case "atLeast":
      return () => {
        for (let n = 0; n < count; n++) out[n] = (a[n] as number) >= (b[n] as number) ? 1 : 0;
      };
    case "floor":
      return () => {
        for (let n = 0; n < count; n++) out[n] = Math.floor(a[n] as number);
      };
    case "powerOfTwo":
      return () => {
        for (let n = 0; n < count; n++) out[n] = 2 ** (a[n] as number);
      };
    case "through":
      return () => out.set(a);
    case "select":
      return () => {
        for (let n = 0; n < count; n++) out[n] = (a[n] as number) !== 0 ? (b[n] as number) : (c[n] as number);
      };
    default:
      return op satisfies never;
  }
}
