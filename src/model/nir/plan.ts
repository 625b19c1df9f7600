import { assertDefined, UserError } from "../../base/index.ts";
import { dialectTraits } from "./dialect-traits.ts";
import { flattenNir, type FlatGraph } from "./flatten.ts";
import { shownName, type NirGraph } from "./graph.ts";
import { orderNodes, type StepOrder } from "./order.ts";
import { isNeuronType, populationOf, type Discretization, type Population } from "./populations.ts";
import { inferShapes } from "./shapes.ts";

/** A graph as a dialect runs it: what an executor needs to know of every node. */
export interface NirPlan extends StepOrder {
  readonly graph: FlatGraph;
  readonly discretization: Discretization;
  /** By node number. */
  readonly shapes: readonly (readonly number[])[];
  /** By node number, for neurons. */
  readonly populations: ReadonlyMap<number, Population>;
}

/**
 * @throws `nir/unknown-shape` when a node's size follows from nothing, and what `populationOf` and `orderNodes` throw
 */
export function planNir(nir: NirGraph, discretization: Discretization): NirPlan {
  const { stepSeconds } = discretization;
  if (!(Number.isFinite(stepSeconds) && stepSeconds > 0)) {
    throw new UserError("nir/step", `seconds per step: expected a number above 0, got ${stepSeconds}`, {
      exit: "usage",
    });
  }
  const graph = flattenNir(nir);
  const order = orderNodes(graph, dialectTraits[discretization.dialect].recurrentDelay);
  const shapes = inferShapes(graph, order).shapes.map((shape, index) => {
    if (shape !== undefined) return shape;
    const path = assertDefined(graph.nodes[index], "node").path;
    throw new UserError("nir/unknown-shape", `node ${shownName(path)}: its shape follows from nothing in the file`, {
      hint: "give the Input node a shape, or the convolution an input_shape",
    });
  });
  const populations = new Map<number, Population>();
  graph.nodes.forEach(({ node, path }, index) => {
    const { type } = node;
    if (!isNeuronType(type)) return;
    const shape = assertDefined(shapes[index], "shape");
    populations.set(index, populationOf({ ...node, type }, path, shape, discretization));
  });
  return { graph, discretization, shapes, populations, ...order };
}
