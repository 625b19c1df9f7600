// Prints docs/reference/neurons.md: what each model is (its own comment), and which readers can run it, tried out.
import { globSync, readFileSync } from "node:fs";
import { neuronSupport, verdictText } from "../src/hardware/rtl/index.ts";
import { dialects, neuronModels, neuronSpec, type NeuronModelName } from "../src/model/neuron/index.ts";

/** The page, as the file holds it. */
export function neuronPage(): string {
  const comments = modelComments();
  const rows = (Object.keys(neuronModels) as NeuronModelName[]).map((model) => {
    const neuron = neuronModels[model]({ kind: "subtract" });
    const { kernel, rtl } = neuronSupport(neuronSpec(model));
    const parameters = Object.entries(neuron.parameters).map(
      ([name, { initial, meaning }]) => `\`${name}\` = ${Number(initial.toPrecision(6))}: ${meaning}`,
    );
    const cells = [
      `\`${model}\``,
      comments.get(model) ?? "",
      neuron.state.map((name) => `\`${name}\``).join(", "),
      parameters.join("; ") || "none",
      verdictText(kernel),
      verdictText(rtl),
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const names = Object.entries(dialects).map(([name, { summary }]) => `| \`${name}\` | ${summary} |`);
  return [
    "# Neuron models",
    "",
    "Written by `npm run docs:reference` from `src/model/neuron/models/`. A model is one definition in the neuron language; the float",
    "reference, gradients, compiled kernels, integers and SystemVerilog are readings of it. Every model has a reference and a gradient.",
    "`reset` is `subtract`, `zero`, `value` or `none`; `variant` says how a framework orders and compares within a step",
    "(`src/model/neuron/models/variant.ts`). The last column was tried: potentials of 16 bits, coefficients of 8.",
    "",
    "Not in the list: neurons that mix the inputs of all steps by a matrix (PSN, masked PSN). They are no step, and no layer holds their",
    "matrix yet: [decision 36](../decisions/0036-parallel-neurons.md). The sliding one, `slidingParallel`, learns its taps with",
    '`training.learn: ["tap0", "tap1"]`.',
    "",
    "| model | step | state | parameters | compiled kernels | integers and RTL |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "## Dialects of NIR's neurons",
    "",
    "NIR does not say how a neuron is discretized, compared and reset; each framework does it its own way.",
    "",
    "| dialect | what it does |",
    "| --- | --- |",
    ...names,
    "",
  ].join("\n");
}

// ---------------------------------------------------------------------------------------------------------------------

/** The comment above each model's function, on one line. */
function modelComments(): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  for (const file of globSync("src/model/neuron/models/*.ts")) {
    const text = readFileSync(file, "utf8");
    for (const [, comment = "", name = ""] of text.matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport function (\w+)\(/g,
    )) {
      comments.set(
        name,
        comment
          .replaceAll(/\n \* ?/g, " ")
          .replaceAll(/\s+/g, " ")
          .trim(),
      );
    }
  }
  return comments;
}
