// Which kernels a layer runs in a pass, and how much work each is: what the engine asks of every kind of layer.

import type { LayerActivity } from "../backend.ts";

/** A kernel by name, and the units of its work. */
export type Call = readonly [kernel: string, units: number];

/** A batch and the steps of it that are at work. */
export interface Part {
  readonly samples: number;
  readonly steps: number;
  readonly training: boolean;
}

export type Method = LayerActivity["method"];

export interface LayerPhases {
  /** How the layer's sums are best formed. @param density  Share of its inputs that fire. */
  methodFor(density: number, part: Part): Method;
  /** Whether a way of forming sums is possible here. */
  allows(method: Method, part: Part): boolean;
  /** What a direct input goes through before the first step. */
  direct(part: Part): readonly Call[];
  forward(part: Part, method: Method): readonly Call[];
  /** @param learning  Weights learn on the way; otherwise gradients stay. */
  backward(part: Part, method: Method, learning: boolean): readonly Call[];
  /** Weights in the order of the backward pass. */
  transpose(): readonly Call[];
}
