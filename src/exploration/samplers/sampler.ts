import type { RandomStream } from "../../base/index.ts";
import type { Costs } from "../front.ts";
import type { Point, Space } from "../space.ts";

/** What a sampler sees of a finished design. */
export interface Evaluated {
  readonly point: Point;
  /** Undefined when the design failed or breaks a constraint. */
  readonly costs: Costs | undefined;
  /** How far it breaks the constraints, as a sum of shares: 0 when feasible, undefined when it could not be evaluated. */
  readonly violation?: number | undefined;
}

/**
 * Proposes designs. It is asked for whole generations and sees only finished ones, so its proposals do not depend on the order
 * in which evaluations end. Keeps nothing between calls: what it knows is the history and the stream. `conformance.ts` holds
 * every sampler to this.
 */
export interface Sampler {
  readonly name: string;
  /** The next generation; empty when there is nothing new to propose. */
  ask(space: Space, history: readonly Evaluated[], random: RandomStream): readonly Point[];
}
