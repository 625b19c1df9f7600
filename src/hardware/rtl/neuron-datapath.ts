// A lowered neuron as one combinational SystemVerilog module. Every node of the integer program is one signed wire of exactly
// the width that its range needs, so nothing can overflow and lint has nothing to say.

import { assertDefined, BugError, signedBits } from "../../base/index.ts";
import { integerOrder, stateBitsOf, type IntegerExpression, type IntegerNeuron } from "../../model/neuron/index.ts";
import { commentText } from "./mangle.ts";

/**
 * Print a neuron as module `name` with ports `sum_i`, `state_i`, `spike_o`, `next_o`; state variables are concatenated, the
 * first in the low bits.
 */
export function neuronModule(
  name: string,
  neuron: IntegerNeuron,
  options: { readonly layer: string; readonly sumBits: number },
): string {
  const roots = [neuron.spike, ...neuron.state.map((s) => assertDefined(neuron.next[s.name], `next ${s.name}`))];
  const names = nameNodes(neuron, roots);
  const lines: string[] = [];
  for (const node of integerOrder(roots)) {
    if (node.op === "constant" || node.op === "reference") continue;
    const wire = assertDefined(names.get(node), "wire name");
    const type = node.op === "above" ? "logic" : `logic signed [${signedBits(node) - 1}:0]`;
    lines.push(`  ${type} ${wire};`, `  assign ${wire} = ${rightSide(node, names)};`);
  }
  const stateBits = stateBitsOf(neuron);
  let offset = 0;
  const reads: string[] = [];
  const nexts: string[] = [];
  for (const { name: variable, format } of neuron.state) {
    reads.push(`  logic signed [${format.bits - 1}:0] ${variable};`);
    reads.push(`  assign ${variable} = $signed(state_i[${offset + format.bits - 1}:${offset}]);`);
    const next = assertDefined(neuron.next[variable], `next ${variable}`);
    nexts.push(`${format.bits}'(${term(next, names)})`);
    offset += format.bits;
  }
  return [
    `// Neuron of layer "${commentText(options.layer)}": ${neuron.name}, lowered to integers; one update phase, combinational.`,
    `module ${name} (`,
    `  input  logic signed [${options.sumBits - 1}:0] sum_i,`,
    `  input  logic [${stateBits - 1}:0] state_i,`,
    `  output logic spike_o,`,
    `  output logic [${stateBits - 1}:0] next_o`,
    `);`,
    ...reads,
    "",
    ...lines,
    "",
    `  assign spike_o = ${booleanTerm(neuron.spike, names)};`,
    `  assign next_o  = ${nexts.length === 1 ? nexts[0] : `{${nexts.reverse().join(", ")}}`};`,
    `endmodule`,
    "",
  ].join("\n");
}

// ---------------------------------------------------------------------------------------------------------------------

type Names = ReadonlyMap<IntegerExpression, string>;

/** What a reader would call each node: by its place in charge, fire and reset where that is known, by its operation else. */
function nameNodes(neuron: IntegerNeuron, roots: readonly IntegerExpression[]): Names {
  const names = new Map<IntegerExpression, string>();
  const used = new Map<string, number>();
  const give = (node: IntegerExpression, wanted: string): void => {
    if (names.has(node)) return;
    const count = (used.get(wanted) ?? 0) + 1;
    used.set(wanted, count);
    names.set(node, count === 1 ? wanted : `${wanted}_${count}`);
  };
  for (const { name } of neuron.state) used.set(name, 1);
  for (const node of integerOrder(roots)) {
    if (node.op === "reference") names.set(node, node.name === "input" ? "sum_i" : node.name);
  }
  if (neuron.spike.op === "above") {
    give(neuron.spike, "fires");
    if (neuron.spike.a.op !== "constant") give(neuron.spike.a, "charged");
    if (neuron.spike.b.op !== "constant") give(neuron.spike.b, "bar");
  }
  for (const [variable, node] of Object.entries(neuron.next)) {
    if (node.op === "clamp" && node.a.op === "select") give(node.a, `${variable}_reset`);
    if (node.op !== "constant") give(node, `${variable}_next`);
  }
  const plain: Readonly<Partial<Record<IntegerExpression["op"], string>>> = {
    mul: "product",
    add: "added",
    sub: "difference",
    shiftLeft: "aligned",
    shiftRight: "scaled",
    select: "chosen",
    clamp: "clamped",
    above: "greater",
  };
  for (const node of integerOrder(roots)) if (node.op !== "constant") give(node, plain[node.op] ?? "value");
  return names;
}

function rightSide(node: IntegerExpression, names: Names): string {
  const width = signedBits(node);
  const cast = (operand: IntegerExpression, bits = width): string => castTerm(operand, bits, names);
  switch (node.op) {
    case "add":
      return `${cast(node.a)} + ${cast(node.b)}`;
    case "sub":
      return `${cast(node.a)} - ${cast(node.b)}`;
    case "mul":
      return product(node.a, node.b, width, names);
    case "above": {
      const bits = Math.max(signedBits(node.a), signedBits(node.b));
      return `${cast(node.a, bits)} > ${cast(node.b, bits)}`;
    }
    case "shiftLeft":
      return `${cast(node.a)} <<< ${node.by}`;
    case "shiftRight":
      return `${width}'(${term(node.a, names)} >>> ${node.by})`;
    case "clamp":
      return clamp(node, names);
    case "select":
      return `${booleanTerm(node.condition, names)} ? ${cast(node.a)} : ${cast(node.b)}`;
    case "constant":
    case "reference":
      throw new BugError(`a ${node.op} has no wire`);
    default:
      return node satisfies never;
  }
}

/** The bounds are those of a format, so the bits above its sign bit tell whether a value fits: no comparison is needed. */
function clamp(node: Extract<IntegerExpression, { op: "clamp" }>, names: Names): string {
  const inner = signedBits(node.a);
  const width = signedBits(node);
  const value = term(node.a, names);
  const above = `${value}[${inner - 1}:${width - 1}]`;
  return (
    `(&${above} || ~|${above}) ? ${value}[${width - 1}:0] :\n` +
    `      ${value}[${inner - 1}] ? ${literal(node.low, width)} : ${literal(node.high, width)}`
  );
}

/** Constant factors become shifts and additions in canonical signed digits: 7 · v is (v <<< 3) − v. */
function product(a: IntegerExpression, b: IntegerExpression, width: number, names: Names): string {
  const [factor, other] = a.op === "constant" ? [a.value, b] : b.op === "constant" ? [b.value, a] : [undefined, a];
  if (factor === undefined) return `${castTerm(a, width, names)} * ${castTerm(b, width, names)}`;
  const value = castTerm(other, width, names);
  const digits = signedDigits(factor);
  if (digits.length === 0) return literal(0, width);
  return digits
    .map(({ sign, power }, i) => {
      const shifted = power === 0 ? value : `(${value} <<< ${power})`;
      if (i > 0) return sign > 0 ? ` + ${shifted}` : ` - ${shifted}`;
      return sign > 0 ? shifted : `-${shifted}`;
    })
    .join("");
}

/** Non-adjacent form, positive digits of high power first. */
export function signedDigits(value: number): readonly { readonly sign: 1 | -1; readonly power: number }[] {
  const digits: { sign: 1 | -1; power: number }[] = [];
  let rest = value;
  for (let power = 0; rest !== 0; power++) {
    if (rest % 2 !== 0) {
      const sign = ((rest % 4) + 4) % 4 === 1 ? 1 : -1;
      digits.push({ sign, power });
      rest -= sign;
    }
    rest /= 2;
  }
  return digits.reverse();
}

function castTerm(node: IntegerExpression, width: number, names: Names): string {
  if (node.op === "constant") return literal(node.value, width);
  if (node.op === "above") return `$signed(${width}'(${term(node, names)}))`;
  return signedBits(node) === width && node.op !== "reference" ? term(node, names) : `${width}'(${term(node, names)})`;
}

function booleanTerm(node: IntegerExpression, names: Names): string {
  if (node.op === "above") return term(node, names);
  if (node.op === "constant") return node.value === 0 ? "1'b0" : "1'b1";
  return `(${term(node, names)} != 0)`;
}

function term(node: IntegerExpression, names: Names): string {
  return node.op === "constant" ? literal(node.value, signedBits(node)) : assertDefined(names.get(node), "wire name");
}

function literal(value: number, width: number): string {
  return value < 0 ? `-${width}'sd${-value}` : `${width}'sd${value}`;
}
