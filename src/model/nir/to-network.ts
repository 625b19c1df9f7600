// A chain of populations as a Network. Weights, convolutions and pooling are taken as they stand; other maps between two populations
// are written out as one matrix; whatever a chain of layers cannot hold is refused with the node and the reason.

import type { InputPooling, Layer, Network } from "../network/index.ts";
import { neuronOf } from "../neuron/index.ts";
import { checkQuantizer, type Quantizer } from "../tensor/index.ts";
import { chainOf, nodeAt, noChain, passesOn, shapeAt, type Chain, type Link } from "./chain.ts";
import { convolutionOf } from "./convolution-layer.ts";
import { assertWritable, rowsOf } from "./dense-layer.ts";
import { dialectTraits } from "./dialect-traits.ts";
import { fieldNumbers, shownName } from "./graph.ts";
import { commonOf, neuronsOf, selfConnected, type LinkNeurons } from "./layer-neurons.ts";
import { formOf, poolingOf, type Form } from "./layer-form.ts";
import { ownScale, pathOf } from "./layer-path.ts";
import { notedQuantizer } from "./note.ts";
import type { NirPlan } from "./plan.ts";
import { cellsOf } from "./shapes.ts";

/** A network and where it does otherwise than the graph. */
export interface ConvertedNetwork {
  readonly network: Network;
  readonly notes: readonly string[];
}

/**
 * @param options.readout  As our own files note it; else spikes are counted, or potentials read where none fire.
 * @throws `nir/no-chain` (exit "unsupported") naming the node and the reason
 */
export function networkOfNir(
  plan: NirPlan,
  options: { readonly name: string; readonly stepCount: number; readonly readout?: Network["readout"] },
): ConvertedNetwork {
  const chain = chainOf(plan);
  const notes: string[] = chain.unused.map((path) => `node ${shownName(path)} leads nowhere and is left out`);
  const layers: Layer[] = [];
  let pooled: InputPooling | undefined;
  chain.links.forEach((link, l) => {
    const pooling = spikePooling(plan, chain, l);
    if (pooling !== undefined) {
      pooled = pooling;
      return;
    }
    assertSpikes(plan, link);
    layers.push(layerOf(plan, link, pooled, notes));
    pooled = undefined;
  });
  const last = layers.at(-1);
  if (last === undefined) throw noChain(nodeAt(plan, chain.input).path, "the graph has no neurons");
  for (const { notes: own } of plan.populations.values()) notes.push(...own);
  if (dialectTraits[plan.discretization.dialect].sendsLate)
    notes.push("every layer's spikes come one step earlier than in the dialect");
  const kind = neuronOf(last.neuron).spike.op === "constant" ? "membrane" : "count";
  const network: Network = {
    kind: "network",
    name: options.name,
    inputCount: cellsOf(shapeAt(plan, chain.input)),
    stepCount: options.stepCount,
    layers,
    readout: options.readout ?? { kind },
  };
  return { network, notes: [...new Set(notes)] };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Spikes feed weights; potentials would be another kind of network. */
function assertSpikes(plan: NirPlan, { before, at, isRecurrent }: Link): void {
  for (const source of isRecurrent ? [before, at] : [before]) {
    if (plan.populations.get(source)?.sends !== "potential") continue;
    throw noChain(nodeAt(plan, source).path, "its potential, and no spikes, feeds other nodes");
  }
}

/** Sums of single spikes behind a threshold below 1 are their union: the pooling of the layer that follows. */
function spikePooling(plan: NirPlan, { input, links }: Chain, l: number): InputPooling | undefined {
  const [link, next] = [links[l], links[l + 1]];
  if (link === undefined || next === undefined || link.before === input || link.between.length !== 1) return undefined;
  const { node } = nodeAt(plan, link.at);
  const sum = nodeAt(plan, link.between[0] ?? -1).node;
  if (node.type !== "Threshold" || sum.type !== "SumPool2d") return undefined;
  const isUnion = fieldNumbers(node, "threshold")?.values.every((value) => value >= 0 && value < 1) === true;
  const isBinary = plan.populations.get(link.before)?.neuron.variant?.spikes !== "many";
  const first = next.between.map((index) => nodeAt(plan, index).node.type).find((type) => !passesOn.has(type));
  const isPooledOnce = !/Pool|Delay/.test(first ?? "");
  const pooling = poolingOf(sum, shapeAt(plan, link.before));
  if (!isUnion || !isBinary || !isPooledOnce || typeof pooling === "string") return undefined;
  return { ...pooling, kind: "max" };
}

function layerOf(plan: NirPlan, link: Link, pooled: InputPooling | undefined, notes: string[]): Layer {
  const path = nodeAt(plan, link.at).path;
  const { forward, back, why } = pathOf(plan, link);
  const own = ownScale(plan, link, back);
  const neurons = own === undefined ? neuronsOf(plan, link.at) : selfConnected(neuronsOf(plan, link.at), own);
  const rest: Link = own === undefined ? link : { ...link, between: forward, isRecurrent: false };
  const form = formOf(plan, link, forward, pooled);
  const common = commonOf(path, neurons);
  const pooling = form.pooling === undefined ? {} : { inputPooling: form.pooling };
  noteDelays(plan, link, notes);
  const found = why ?? form.why ?? convolved(plan, form, neurons, rest);
  if (typeof found === "object") {
    notes.push(...found.notes);
    return { ...common, ...pooling, ...found.own };
  }
  if (found === undefined) {
    const rows = rowsOf(plan, rest, form.source ?? { at: link.before, shape: shapeAt(plan, link.before) }, neurons);
    notes.push(...rows.notes);
    const grid = form.matrix === undefined ? {} : noted(plan, form.matrix, neurons);
    return { ...common, ...pooling, ...rows.own, ...grid };
  }
  if (pooled !== undefined) throw noChain(path, found);
  const source = { at: link.before, shape: shapeAt(plan, link.before) };
  assertWritable(path, cellsOf(source.shape), neurons.count, found);
  const rows = rowsOf(plan, rest, source, neurons);
  const size = `${cellsOf(source.shape)} × ${neurons.count}`;
  notes.push(`${pathsOf(plan, forward)}: ${found}; written out as one matrix of ${size}`, ...rows.notes);
  return { ...common, ...rows.own };
}

/** A convolution as it stands, why not, or undefined where there is none. */
function convolved(
  plan: NirPlan,
  { conv }: Form,
  neurons: LinkNeurons,
  { isRecurrent }: Link,
):
  | (Omit<ReturnType<typeof convolutionOf> & object, "isFilled"> & { readonly notes: readonly string[] })
  | string
  | undefined {
  if (conv === undefined) return undefined;
  if (isRecurrent) return "its neurons are connected to each other";
  const { node, path } = nodeAt(plan, conv.at);
  const found = convolutionOf({ ...conv, node }, neurons);
  if (typeof found === "string") return found;
  const filled = `node ${shownName(path)}: dilation or uneven padding is written as zeros in a larger kernel`;
  return { own: { ...found.own, ...noted(plan, conv.at, neurons) }, notes: found.isFilled ? [filled] : [] };
}

function pathsOf(plan: NirPlan, nodes: readonly number[]): string {
  if (nodes.length === 0) return "a direct connection";
  const names = nodes.slice(0, 4).map((index) => shownName(nodeAt(plan, index).path));
  return `${nodes.length === 1 ? "node" : "nodes"} ${names.join(", ")}${nodes.length > 4 ? ` and ${nodes.length - 4} more` : ""}`;
}

function noteDelays(plan: NirPlan, { between }: Link, notes: string[]): void {
  const { stepSeconds } = plan.discretization;
  for (const index of between) {
    const { node, path } = nodeAt(plan, index);
    const steps = (node.type === "Delay" ? fieldNumbers(node, "delay")?.values : undefined)?.map(
      (s) => s / stepSeconds,
    );
    const odd = steps?.find((value) => Math.abs(value - Math.round(value)) > 1e-3);
    if (odd === undefined) continue;
    notes.push(
      `node ${shownName(path)}: a delay of ${Number(odd.toPrecision(6))} steps is rounded to ${Math.round(odd)}`,
    );
  }
}

/** The grid that a file of ours notes for its weights; scaled weights lie on another. */
function noted(plan: NirPlan, weights: number, neurons: LinkNeurons): { readonly quantizer?: Quantizer } {
  const text = plan.discretization.usesNotes === true ? notedQuantizer(nodeAt(plan, weights).node.metadata) : undefined;
  if (text === undefined || Array.from({ length: neurons.count }, (_, n) => neurons.gain(n)).some((g) => g !== 1))
    return {};
  try {
    const { channelScales, ...plain } = JSON.parse(text) as Quantizer;
    const quantizer =
      channelScales === undefined ? plain : { ...plain, channelScales: Float32Array.from(channelScales) };
    return checkQuantizer(quantizer, "quantizer").length === 0 ? { quantizer } : {};
  } catch {
    return {};
  }
}
