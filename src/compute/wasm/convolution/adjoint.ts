// The neurons of a convolution go back one step.

import { assertDefined } from "../../../base/index.ts";
import { apply, i32, load, sum, times, type KernelBuilder, type Local } from "../../kernel/language.ts";
import type { Surrogate } from "../../backend.ts";
import { adjointPair } from "../backward.ts";
import { storeVectors } from "../code.ts";
import type { LayerPlan } from "../plan.ts";
import { convolutionScratch } from "./plan.ts";

/** The adjoint of all neurons in one step. @param scratch  Of the thread, where the input gradient has a recursion. */
export function adjointRow(
  k: KernelBuilder,
  layer: LayerPlan,
  surrogate: Surrogate,
  { sample, row, scratch }: { readonly sample: Local; readonly row: Local; readonly scratch?: Local },
): void {
  const convolution = assertDefined(layer.convolution, "convolution");
  const { spikeGradient, below } = convolution;
  const cellStart = k.keep(times(sample, layer.tileBytes));
  const savedStart = k.keep(times(row, layer.tileBytes));
  k.loop(i32(0), i32(layer.tileBytes), 32, (at) => {
    const cell = k.keep(sum(cellStart, at));
    const saved = k.keep(sum(savedStart, at));
    const pair = [0, 1];
    const carried = pair.map((j) => layer.carried.map((address) => k.keep(load("v128", cell, address + 16 * j))));
    const spikes = pair.map((j) => {
      const parts = [load("v128", cell, layer.staticGradient + 16 * j)];
      if (spikeGradient !== 0) parts.push(load("v128", saved, spikeGradient + 16 * j));
      if (layer.perStep !== undefined) parts.push(load("v128", saved, layer.perStep.spike + 16 * j));
      return k.keep(parts.reduce((a, b) => apply("v.add", a, b)));
    });
    const also = below?.recursion?.added;
    const added = adjointPair(k, layer, surrogate, { at, pair, cell, saved, spikes, carried, also });
    layer.carried.forEach((address, s) => {
      const values = carried.map((locals) => assertDefined(locals[s], "carried"));
      storeVectors(k, cell, address, values);
    });
    if (also === undefined || scratch === undefined) return;
    storeVectors(k, k.keep(sum(scratch, at)), convolutionScratch(convolution).added, added);
  });
}
