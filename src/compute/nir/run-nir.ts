// Runs a NIR graph as it stands, whatever its form: one step at a time, one node after the other. Slow and plain; neurons are
// definitions in the neuron language, as everywhere.

import { assertDefined } from "../../base/index.ts";
import { neuronOf } from "../../model/neuron/index.ts";
import { cellsOf, operatorOf, type NirPlan, type Population } from "../../model/nir/index.ts";
import { populationSteps, type PopulationSteps } from "./population-steps.ts";

/** A graph in motion. */
export interface NirRun {
  /**
   * One step.
   * @param inputs  What arrives at each Input node, in the order of the plan's graph; shape as the node says.
   */
  step(inputs: readonly Float32Array[]): void;
  /** What a node gave in the last step; overwritten by the next. */
  valuesOf(node: number): Float32Array;
  /** The neurons of a node. */
  neuronsOf(node: number): PopulationSteps;
}

/** A run, before its first step. */
export function startNir(plan: NirPlan): NirRun {
  const { graph, shapes } = plan;
  const values = shapes.map((shape) => new Float32Array(cellsOf(shape)));
  /** What sources of delayed edges gave one step before. */
  const before = new Map<number, Float32Array>();
  for (const sources of plan.delayed.values()) {
    for (const source of sources) before.set(source, new Float32Array(assertDefined(values[source], "source").length));
  }
  const external = new Map(graph.inputs.map((index) => [index, assertDefined(values[index], "input").slice()]));
  const neurons = new Map<number, PopulationSteps>();
  const steps = plan.order.map((index) => {
    const out = assertDefined(values[index], "values");
    const arrive = arrival(plan, index, values, before, external);
    const population = plan.populations.get(index);
    if (population === undefined) {
      const apply = operatorOf(assertDefined(graph.nodes[index], "node").node, shapeAround(plan, index));
      return (): void => apply(arrive(), out);
    }
    const own = populationSteps(neuronOf(population.neuron), population.count, parametersOf(population));
    neurons.set(index, own);
    return neuronStep(population, own, arrive, out);
  });
  return {
    step: (inputs) => {
      for (const [source, kept] of before) {
        // A neuron that fires by its old potential sends before anything arrives: its own cycle needs no delay.
        const early = plan.populations.get(source)?.firesFirst === true ? neurons.get(source) : undefined;
        kept.set(early?.foretell() ?? assertDefined(values[source], "source"));
      }
      graph.inputs.forEach((index, i) => external.get(index)?.set(assertDefined(inputs[i], "input")));
      for (const step of steps) step();
    },
    valuesOf: (node) => assertDefined(values[node], "node"),
    neuronsOf: (node) => assertDefined(neurons.get(node), "neurons"),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function shapeAround(plan: NirPlan, index: number): Parameters<typeof operatorOf>[1] {
  const [source] = assertDefined(plan.graph.nodes[index], "node").from;
  const output = assertDefined(plan.shapes[index], "shape");
  const input = source === undefined ? output : assertDefined(plan.shapes[source], "shape");
  return { input, output, step: plan.discretization.stepSeconds };
}

/** The sum of what arrives at a node. */
function arrival(
  plan: NirPlan,
  index: number,
  values: readonly Float32Array[],
  before: ReadonlyMap<number, Float32Array>,
  external: ReadonlyMap<number, Float32Array>,
): () => Float32Array {
  const late = plan.delayed.get(index);
  const from = assertDefined(plan.graph.nodes[index], "node").from.map((source) =>
    assertDefined(late?.has(source) === true ? before.get(source) : values[source], "source"),
  );
  const given = external.get(index);
  const sources = given === undefined ? from : [given, ...from];
  const [first] = sources;
  if (first === undefined) {
    const silence = new Float32Array(cellsOf(shapeAround(plan, index).input));
    return () => silence;
  }
  if (sources.length === 1) return () => first;
  const sum = new Float32Array(first.length);
  return () => {
    for (let n = 0; n < sum.length; n++) sum[n] = sources.reduce((total, source) => total + (source[n] ?? 0), 0);
    return sum;
  };
}

function parametersOf({ neuron, neuronParameters, count }: Population): Record<string, Float32Array> {
  const shared = Object.entries(neuron.parameters).map(([name, value]) => [name, new Float32Array(count).fill(value)]);
  return { ...(Object.fromEntries(shared) as Record<string, Float32Array>), ...neuronParameters };
}

function neuronStep(
  population: Population,
  neurons: PopulationSteps,
  arrive: () => Float32Array,
  out: Float32Array,
): () => void {
  const { sends, sendsLate, count } = population;
  const input = new Float32Array(count);
  const held = new Float32Array(count);
  return () => {
    const arriving = arrive();
    if (arriving.length === 1) input.fill(arriving[0] ?? 0);
    neurons.step(arriving.length === 1 ? input : arriving);
    if (sends === "potential") out.set(neurons.state["v"] ?? input);
    else if (sendsLate) {
      out.set(held);
      held.set(neurons.spikes);
    } else out.set(neurons.spikes);
  };
}
