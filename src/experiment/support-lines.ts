// What can run a network that came from a file, target by target: as it stands, converted with what loss, or not and why.

import { UserError, type Problem } from "../base/index.ts";
import { estimateCells } from "../hardware/cost/index.ts";
import { families, familyNames, type FamilyName } from "../hardware/family/index.ts";
import { lowerNetwork, type IntegerNetwork } from "../hardware/golden/index.ts";
import { targets, type Target } from "../hardware/target/index.ts";
import { foldNormalization, type Network } from "../model/network/index.ts";
import { networkOfNir, type NirPlan } from "../model/nir/index.ts";
import { parseConfig } from "./parse-config.ts";

export interface SupportLine {
  readonly target: string;
  readonly verdict: "supported" | "converted" | "not supported" | "unknown";
  readonly why: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
}

/** Every target, for a graph as a dialect runs it. */
export function supportOf(plan: NirPlan): SupportLine[] {
  const odd = [...new Set([...plan.populations.values()].flatMap(({ notes }) => notes))];
  const graph: SupportLine = {
    target: "reference run (npm run check:nir)",
    verdict: "supported",
    why: ["the graph as it stands, every node as the dialect says", ...odd].join("; "),
  };
  try {
    const { network, notes } = networkOfNir(plan, { name: "inspected", stepCount: 1 });
    return [graph, trainingLine(network, notes), ...hardwareLines(network)];
  } catch (error) {
    const { why, fix } = told(error);
    const line: SupportLine = {
      target: "training and evaluation",
      verdict: "not supported",
      why: `it runs as a graph; ${why}`,
      fix,
    };
    return [
      graph,
      line,
      { target: "integers and hardware", verdict: "not supported", why: "needs a network that can be evaluated" },
    ];
  }
}

/** Where nothing can be said yet, and what to type. */
export function unknownSupport(error: UserError): SupportLine {
  return { target: "any", verdict: "unknown", why: error.message, fix: error.hint };
}

// ---------------------------------------------------------------------------------------------------------------------

function trainingLine(network: Network, notes: readonly string[]): SupportLine {
  const kinds = network.layers.map((layer) => (layer.kind === "conv" ? "convolution" : "dense"));
  const why = [`${network.layers.length} layers (${kinds.join(", ")})`, ...notes].join("; ");
  return { target: "training and evaluation", verdict: notes.length === 0 ? "supported" : "converted", why };
}

function hardwareLines(network: Network): SupportLine[] {
  let integers: IntegerNetwork;
  try {
    integers = lowerNetwork(foldNormalization(network), parseConfig({}, "defaults").numerics);
  } catch (error) {
    const line = (target: string): SupportLine => ({ target, verdict: "not supported", ...told(error) });
    return [line("integers (golden model)"), line("hardware")];
  }
  const loss = `weights to 8 bits${decayLoss(network)}, potentials saturate; measure the loss with eval`;
  const golden: SupportLine = { target: "integers (golden model)", verdict: "converted", why: loss };
  const chips = Object.values(targets).flatMap((target) =>
    familyNames.map((family) => familyLine(integers, family, target)),
  );
  return [golden, ...chips];
}

/** The largest change of a decay, which keeps 8 bits below the point. */
function decayLoss({ layers }: Network): string {
  const decays = layers.flatMap(({ neuron, neuronParameters = {} }) =>
    Object.entries(neuron.parameters)
      .filter(([name]) => name.toLowerCase().includes("decay"))
      .flatMap(([name, value]) => [...(neuronParameters[name]?.data ?? [value])]),
  );
  const changes = decays.map((decay) => Math.abs(decay - Math.round(decay * 256) / 256));
  const worst = Math.max(0, ...changes);
  return decays.length === 0 ? "" : `, decays to 8 bits below the point (changed by ${worst.toPrecision(2)} at most)`;
}

/** With one lane in each layer, which needs least; the storage of weights is whichever fits. */
function familyLine(integers: IntegerNetwork, name: FamilyName, target: Target): SupportLine {
  const family = families[name];
  const lanes = integers.layers.map(() => 1);
  let first: Problem | undefined;
  for (const weightStorage of family.storages) {
    const choice = { family: name, weightStorage, lanes };
    const [problem] = family.check(integers, choice, target);
    const cells = problem === undefined ? estimateCells(family.map(integers, choice, target)).value : undefined;
    const limit = target.limits.logicCells.value;
    if (cells !== undefined && cells <= limit) {
      const why = `as integers; weights stored ${weightStorage}, about ${cells} of ${limit} logic cells with one lane in each layer`;
      return { target: `${target.name}, ${name}`, verdict: "converted", why };
    }
    first ??= problem ?? {
      code: "fit/logic-cells",
      path: target.name,
      message: `about ${cells} logic cells are needed, there are ${limit}`,
      hint: "use a smaller network",
    };
  }
  const { code = "", message = "", hint } = first ?? {};
  return { target: `${target.name}, ${name}`, verdict: "not supported", why: `${code}: ${message}`, fix: hint };
}

function told(error: unknown): { readonly why: string; readonly fix: string | undefined } {
  if (!(error instanceof UserError)) throw error;
  return { why: `${error.code}: ${error.message}`, fix: error.hint };
}
