import type { RandomStream } from "../../base/index.ts";
import type { Costs } from "../front.ts";
import type { Point, Space } from "../space.ts";

/** What a sampler sees of an evaluated design. */
export interface Evaluated {
  readonly point: Point;
  /** Undefined when the design failed or breaks a constraint. */
  readonly costs: Costs | undefined;
}

/**
 * Proposes designs. It is asked for whole generations and sees only finished ones, so its proposals do not depend on the order
 * in which evaluations end.
 */
export interface Sampler {
  readonly name: string;
  /** The next generation, possibly with points seen before; empty when there is nothing left to propose. */
  ask(space: Space, history: readonly Evaluated[], random: RandomStream): readonly Point[];
}
