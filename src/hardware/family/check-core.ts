import type { Problem } from "../../base/index.ts";
import { isConvolution, type IntegerLayer } from "../golden/index.ts";
import { axisWalks } from "./conv-walk.ts";
import type { HardwareChoice } from "./family.ts";
import { readsEveryRow } from "./geometry.ts";

/** Why no core runs a layer with so many lanes; undefined when one does. */
export function checkCore(layer: IntegerLayer, choice: HardwareChoice, lanes: number): Problem | undefined {
  const problem = (code: string, message: string, hint: string): Problem => ({ code, path: layer.name, message, hint });
  const { union } = layer;
  if (union !== undefined && layer.isRecurrent === true) {
    return problem("fit/pooling", "its spikes are pooled and feed back as well", "pool behind a layer of its own");
  }
  if (union !== undefined && union.stride !== union.size) {
    const message = `spikes are pooled in windows of ${union.size}, ${union.stride} apart; the core knows windows side by side`;
    return problem("fit/pooling", message, `use stride ${union.size}`);
  }
  const channels = laneChannels(layer);
  if (channels !== undefined && channels % lanes !== 0) {
    return problem(
      "fit/lanes",
      `${lanes} lanes do not divide ${channels} channels`,
      `use ${divisorBelow(channels, lanes)} lanes`,
    );
  }
  if (!isConvolution(layer)) return undefined;
  const { largest } = layer.convolution;
  if (readsEveryRow(choice)) {
    return problem("fit/convolution", "the dense family has no convolution", 'use family "layer-pipeline"');
  }
  if (largest !== undefined && union !== undefined) {
    return problem("fit/pooling", "currents and spikes of one layer are pooled", "pool one of them");
  }
  if (largest !== undefined && largest.stride !== largest.size) {
    const message = `currents are pooled in windows of ${largest.size}, ${largest.stride} apart; the core knows windows side by side`;
    return problem("fit/pooling", message, `use stride ${largest.size}`);
  }
  const isWalkable = (["rows", "columns"] as const).every((axis) => axisWalks(layer.convolution, axis) !== undefined);
  return isWalkable
    ? undefined
    : problem("fit/pooling", "window sums of its input overlap", "use windows side by side");
}

/** Why hardware for plain dense layers does not run a layer; `feedback` says why not a recurrent one, undefined when it does. */
export function checkFullyConnected(
  layer: IntegerLayer,
  { feedback }: { readonly feedback: string | undefined },
): Problem | undefined {
  const problem = (code: string, message: string): Problem => ({
    code,
    path: layer.name,
    message,
    hint: 'use family "layer-pipeline"',
  });
  if (layer.convolution !== undefined) return problem("fit/convolution", "the family has no convolution");
  if (layer.union !== undefined) return problem("fit/pooling", "the family does not pool spikes");
  if (layer.isRecurrent === true && feedback !== undefined) {
    return problem("fit/recurrent", `the family has no recurrent layers: ${feedback}`);
  }
  return undefined;
}

/** Channels that a word of lanes must not straddle; undefined without a grid. */
export function laneChannels({ convolution, union }: IntegerLayer): number | undefined {
  if (convolution !== undefined) return convolution.sums.channels / convolution.groups;
  return union?.grid.channels;
}

// ---------------------------------------------------------------------------------------------------------------------

function divisorBelow(channels: number, lanes: number): number {
  for (let divisor = Math.min(lanes, channels); ; divisor--) if (channels % divisor === 0) return divisor;
}
