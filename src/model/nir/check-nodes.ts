import type { DataLeaf } from "../../base/index.ts";
import {
  fieldList,
  fieldNumbers,
  fieldText,
  nestedName,
  shownName,
  type NirFinding,
  type NirGraph,
  type NirPrimitive,
} from "./graph.ts";
import { nodeRule, type FieldRule } from "./node-types.ts";

/** Everything wrong with the nodes of a graph by themselves: fields, ranges, shapes that must agree within a node. */
export function checkNodes(graph: NirGraph, path = ""): NirFinding[] {
  return graph.nodes.flatMap((node) =>
    node.kind === "subgraph"
      ? checkNodes(node.graph, nestedName(path, node.name))
      : checkNode(node, `node ${shownName(nestedName(path, node.name))} (${node.type})`),
  );
}

// ---------------------------------------------------------------------------------------------------------------------

type Finder = (code: string, message: string, hint?: string) => NirFinding;

function checkNode(node: NirPrimitive, path: string): NirFinding[] {
  const error: Finder = (code, message, hint) => ({
    severity: "error",
    code: `nir/${code}`,
    path,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  const note: Finder = (code, message) => ({ severity: "note", code: `nir/${code}`, path, message });
  const { fields } = nodeRule(node.type);
  const findings = Object.entries(fields).flatMap(([field, rule]) => checkField(node, field, rule, { error, note }));
  for (const field of node.fields.keys()) {
    if (!Object.hasOwn(fields, field)) {
      findings.push(note("unknown-field", `${shownName(field)} is no field of ${node.type}; it is kept and not used`));
    }
  }
  if (findings.some(({ severity }) => severity === "error")) return findings;
  return [...findings, ...checkTogether(node, error, note)];
}

function checkField(
  node: NirPrimitive,
  field: string,
  rule: FieldRule,
  { error, note }: { readonly error: Finder; readonly note: Finder },
): NirFinding[] {
  const leaf = node.fields.get(field);
  if (leaf === undefined) {
    if (rule.optional !== true) return [error("missing-field", `it has no ${field}`)];
    if (field !== "v_reset") return [];
    const message = "it has no v_reset, as in files before NIR 1.0.6; 0 is taken";
    return [{ ...note("missing-v-reset", message), repair: "v-reset" }];
  }
  if (leaf.kind === "texts") {
    const word = fieldText(node, field);
    if (rule.holds === "padding" && (word === "same" || word === "valid")) return [];
    const expected = rule.holds === "padding" ? 'whole numbers, "same" or "valid"' : "numbers";
    return [error("field-type", `${field}: expected ${expected}, got the text ${shownName(word ?? "")}`)];
  }
  return checkNumbers(leaf, field, rule, error);
}

function checkNumbers(
  leaf: DataLeaf & { kind: "numbers" },
  field: string,
  rule: FieldRule,
  error: Finder,
): NirFinding[] {
  const values = leaf.values as ArrayLike<number>;
  if (values.length === 0) return [error("shape-mismatch", `${field} is empty`)];
  const wrong = findIndex(values, (value) => !Number.isFinite(value));
  if (wrong >= 0) return [error("not-finite", `${field}: value ${wrong} is ${values[wrong]}`)];
  if (rule.holds !== "numbers") {
    if (leaf.shape.length > 1)
      return [error("shape-mismatch", `${field}: expected a list, got shape [${leaf.shape.join(", ")}]`)];
    const fraction = findIndex(values, (value) => !Number.isInteger(value));
    if (fraction >= 0) return [error("field-range", `${field}: expected whole numbers, got ${values[fraction]}`)];
  }
  const { above, least } = rule;
  const low = findIndex(
    values,
    (value) => (above !== undefined && value <= above) || (least !== undefined && value < least),
  );
  if (low < 0) return [];
  const expected =
    above === undefined
      ? `at least ${least}`
      : `above ${above}${above === 0 && field.startsWith("tau") ? " seconds" : ""}`;
  return [
    error(
      "field-range",
      `${field}: expected numbers ${expected}, got ${values[low]}${values.length > 1 ? ` at ${low}` : ""}`,
    ),
  ];
}

function checkTogether(node: NirPrimitive, error: Finder, note: Finder): NirFinding[] {
  if (nodeRule(node.type).neuron === true) return checkPopulation(node, error, note);
  switch (node.type) {
    case "Affine":
    case "Linear":
      return checkMatrix(node, error);
    case "Conv1d":
    case "Conv2d":
      return checkConvolution(node, error, note);
    case "SumPool2d":
    case "AvgPool2d":
      return ["kernel_size", "stride", "padding"].flatMap((field) => checkExtent(node, field, 2, error, note));
    default:
      return [];
  }
}

/** All parameters of a population have its shape; single numbers stand for all of them. */
function checkPopulation(node: NirPrimitive, error: Finder, note: Finder): NirFinding[] {
  const shapes = [...node.fields].flatMap(([field, leaf]) =>
    leaf.kind === "numbers" && leaf.shape.length > 0 ? [{ field, shape: leaf.shape }] : [],
  );
  const full = shapes.find(({ shape }) => shape.some((length) => length > 1)) ?? shapes[0];
  const findings: NirFinding[] = [];
  for (const { field, shape } of shapes) {
    if (full === undefined || sameShape(shape, full.shape) || shape.every((length) => length === 1)) continue;
    const message = `${field} has shape [${shape.join(", ")}], ${full.field} has [${full.shape.join(", ")}]; they must be equal`;
    findings.push(error("shape-mismatch", message));
  }
  const scalars = [...node.fields].filter(([, leaf]) => leaf.shape.length === 0).map(([field]) => field);
  if (scalars.length > 0) {
    const message = `single numbers stand for the whole population: ${scalars.map((name) => shownName(name).slice(1, -1)).join(", ")}`;
    findings.push({ ...note("scalar-parameter", message), repair: "scalars" });
  }
  return [...findings, ...checkThreshold(node, error)];
}

function checkThreshold(node: NirPrimitive, error: Finder): NirFinding[] {
  const threshold = fieldNumbers(node, "v_threshold")?.values as ArrayLike<number> | undefined;
  if (threshold === undefined) return [];
  const reset = fieldNumbers(node, "v_reset")?.values ?? [0];
  const at = findIndex(threshold, (value, i) => value <= (reset[i % reset.length] ?? 0));
  if (at < 0) return [];
  const message = `v_threshold ${threshold[at]} is not above v_reset ${reset[at % reset.length] ?? 0}; it would fire without end`;
  return [error("threshold-range", message)];
}

function checkMatrix(node: NirPrimitive, error: Finder): NirFinding[] {
  const shape = fieldNumbers(node, "weight")?.shape ?? [];
  if (shape.length !== 2)
    return [error("shape-mismatch", `weight: expected [out, in], got shape [${shape.join(", ")}]`)];
  return checkBias(node, shape[0] ?? 0, error);
}

function checkBias(node: NirPrimitive, outputs: number, error: Finder): NirFinding[] {
  const bias = fieldNumbers(node, "bias");
  if (bias === undefined || sameShape(bias.shape, [outputs])) return [];
  return [error("shape-mismatch", `bias has shape [${bias.shape.join(", ")}]; the weights need [${outputs}]`)];
}

function checkConvolution(node: NirPrimitive, error: Finder, note: Finder): NirFinding[] {
  const rank = node.type === "Conv1d" ? 1 : 2;
  const shape = fieldNumbers(node, "weight")?.shape ?? [];
  if (shape.length !== rank + 2) {
    const expected = ["out", "in / groups", ...(rank === 1 ? ["kernel"] : ["kernel rows", "kernel columns"])].join(
      ", ",
    );
    return [error("shape-mismatch", `weight: expected [${expected}], got shape [${shape.join(", ")}]`)];
  }
  const [outputs = 0] = shape;
  const findings = checkBias(node, outputs, error);
  const groups = fieldList(node, "groups") ?? [];
  if (groups.length !== 1 || outputs % (groups[0] ?? 0) !== 0) {
    findings.push(error("field-range", `groups: expected a divisor of ${outputs} channels, got ${groups.join(", ")}`));
  }
  for (const field of ["stride", "dilation", "padding", "input_shape"]) {
    findings.push(...checkExtent(node, field, rank, error, note));
  }
  const stride = fieldList(node, "stride") ?? [];
  if (fieldText(node, "padding") === "same" && stride.some((step) => step !== 1)) {
    findings.push(error("field-range", `padding "same" needs stride 1, got ${stride.join(", ")}`));
  }
  if (!node.fields.has("input_shape")) {
    const message = "it has no input_shape; it follows from the nodes before it";
    findings.push({ ...note("missing-input-shape", message), repair: "input-shape" });
  }
  return findings;
}

/** One number per dimension, or one for all. */
function checkExtent(node: NirPrimitive, field: string, rank: number, error: Finder, note: Finder): NirFinding[] {
  const list = fieldList(node, field);
  if (list === undefined || list.length === rank) return [];
  if (list.length > 1) return [error("shape-mismatch", `${field}: expected ${rank} numbers, got ${list.length}`)];
  if (field === "input_shape") return [error("shape-mismatch", `${field}: expected ${rank} numbers, got 1`)];
  return [{ ...note("scalar-parameter", `${field}: one number stands for all dimensions`), repair: "scalars" }];
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}

function findIndex(values: ArrayLike<number>, test: (value: number, index: number) => boolean): number {
  for (let i = 0; i < values.length; i++) if (test(values[i] ?? 0, i)) return i;
  return -1;
}
