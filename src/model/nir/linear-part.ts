// Whatever lies between two populations without neurons is a linear map with delays: what it does to one spike is measured, node by
// node, and written out as rows of a matrix.

import { assertDefined, dataNumbers } from "../../base/index.ts";
import type { Link } from "./chain.ts";
import { nodeAt, passesOn } from "./chain.ts";
import { fieldNumbers, type NirPrimitive } from "./graph.ts";
import { operatorOf, type Operator } from "./operators.ts";
import type { NirPlan } from "./plan.ts";
import { cellsOf } from "./shapes.ts";

/** Values by how many steps late they arrive. Shape [cell] each, in NIR's order. */
export type Late = ReadonlyMap<number, Float32Array>;

export interface LinearPart {
  /** What one spike of a cell of `from` adds to the population, feedback included one step late. */
  response(from: number, cell: number): Late;
  /** What arrives without any spike. */
  bias(): Late;
}

/** The map from the sources of a link to its population. */
export function linearPart(plan: NirPlan, link: Link): LinearPart {
  const nodes = link.between.map((index) => ({ index, ...partOf(plan, index) }));
  const run = (start: ReadonlyMap<number, Late>, withBias: boolean): Late => {
    const values = new Map(start);
    for (const { index, apply, biasOf, delays, size } of nodes) {
      if (start.has(index)) continue;
      const own = new Map([...sumArriving(plan, index, values)].map(([late, x]) => [late, apply(x)] as const));
      const moved = delays === undefined ? own : delayed(own, delays);
      if (withBias && biasOf !== undefined) add(moved, 0, biasOf(), size);
      values.set(index, moved);
    }
    return sumArriving(plan, link.at, values);
  };
  return {
    response: (from, cell) => {
      const spike = new Float32Array(cellsOf(assertDefined(plan.shapes[from], "shape")));
      spike[cell] = 1;
      return run(new Map([[from, new Map([[0, spike]])]]), false);
    },
    bias: () => run(new Map(), true),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

interface NodePart {
  readonly size: number;
  readonly apply: (arriving: Float32Array) => Float32Array;
  readonly biasOf: (() => Float32Array) | undefined;
  /** Steps, per cell. */
  readonly delays: readonly number[] | undefined;
}

function partOf(plan: NirPlan, index: number): NodePart {
  const { node, from } = nodeAt(plan, index);
  const output = assertDefined(plan.shapes[index], "shape");
  const [source] = from;
  const input = source === undefined ? output : assertDefined(plan.shapes[source], "shape");
  const step = plan.discretization.stepSeconds;
  const size = cellsOf(output);
  const given = (operator: Operator, x: Float32Array): Float32Array => {
    const out = new Float32Array(size);
    operator(x, out);
    return out;
  };
  if (node.type === "Delay" || passesOn.has(node.type)) {
    const own = fieldNumbers(node, "delay")?.values;
    const delays = Array.from({ length: size }, (_, n) => Math.round((own?.[own.length === 1 ? 0 : n] ?? 0) / step));
    const isLate = node.type === "Delay" && delays.some((late) => late > 0);
    return { size, apply: (x) => x, biasOf: undefined, delays: isLate ? delays : undefined };
  }
  const shape = { input, output, step };
  const plain = operatorOf(withoutBias(node), shape);
  const silence = new Float32Array(cellsOf(input));
  const whole = operatorOf(node, shape);
  return {
    size,
    apply: (x) => given(plain, x),
    biasOf: node.fields.has("bias") ? () => given(whole, silence) : undefined,
    delays: undefined,
  };
}

function withoutBias(node: NirPrimitive): NirPrimitive {
  const bias = fieldNumbers(node, "bias");
  if (bias === undefined) return node;
  const zero = dataNumbers(new Float32Array(bias.values.length), "float32", bias.shape);
  return { ...node, fields: new Map([...node.fields, ["bias", zero]]) };
}

/** What arrives at a node: along a delayed edge, a step later. */
function sumArriving(plan: NirPlan, index: number, values: ReadonlyMap<number, Late>): Map<number, Float32Array> {
  const sum = new Map<number, Float32Array>();
  for (const source of nodeAt(plan, index).from) {
    const behind = plan.delayed.get(index)?.has(source) === true ? 1 : 0;
    for (const [late, x] of values.get(source) ?? []) add(sum, late + behind, x, x.length);
  }
  return sum;
}

function add(sum: Map<number, Float32Array>, late: number, x: Float32Array, size: number): void {
  const known = sum.get(late) ?? new Float32Array(size);
  sum.set(
    late,
    known.map((value, n) => value + (x[n] ?? 0)),
  );
}

function delayed(values: Late, delays: readonly number[]): Map<number, Float32Array> {
  const moved = new Map<number, Float32Array>();
  for (const [late, x] of values) {
    x.forEach((value, n) => {
      if (value === 0) return;
      const at = late + (delays[n] ?? 0);
      const target = moved.get(at) ?? new Float32Array(x.length);
      target[n] = value;
      moved.set(at, target);
    });
  }
  return moved;
}
