// What can run a neuron, tried out: one answer for the generated table of neurons and for `lacuna inspect`.

import { UserError } from "../../base/index.ts";
import type { Layer } from "../../model/network/index.ts";
import {
  lowerNeuron,
  neuronOf,
  sendsBits,
  type IntegerNeuron,
  type LoweringFormats,
  type NeuronSpec,
} from "../../model/neuron/index.ts";
import { layerRefusal } from "../golden/index.ts";
import { neuronModule } from "./neuron-datapath.ts";

/** Who reads a neuron's definition. */
export const neuronReaders = ["reference", "kernel", "gradient", "integers", "rtl"] as const;

export type NeuronReader = (typeof neuronReaders)[number];

export type Verdict =
  | { readonly runs: true; readonly note?: string }
  | { readonly runs: false; readonly code: string; readonly reason: string; readonly remedy: string | undefined };

export type NeuronSupport = Readonly<Record<NeuronReader, Verdict>>;

/** Formats that are tried where nobody says which. */
export const triedFormats: LoweringFormats = {
  potential: { bits: 16, fraction: 2 },
  coefficientFraction: 8,
  rounding: "nearest",
};

/**
 * What can run a neuron, why not what cannot, and what would help.
 * @param unit  Real value of one weight unit, where the layer has a quantizer; else a fraction is tried, then 1.
 */
export function neuronSupport(spec: NeuronSpec, unit?: number): NeuronSupport {
  const runs: Verdict = { runs: true };
  const neuron = neuronOf(spec);
  const { integers, lowered } = lowerSomehow(spec, unit === undefined ? [1 / 16, 1] : [unit]);
  return {
    reference: runs,
    kernel: sendsBits(neuron) ? runs : { runs: true, note: "values beside bits" },
    gradient: neuron.spike.op === "constant" ? { runs: true, note: "it never fires: through its potential" } : runs,
    integers,
    rtl: lowered === undefined ? integers : printed(lowered, integers),
  };
}

/** The same of a layer: what no integers say of it is said in place of its neuron's. */
export function layerSupport(layer: Layer): NeuronSupport {
  const support = neuronSupport(layer.neuron, layer.quantizer?.scale);
  const error = layerRefusal(layer);
  if (error === undefined) return support;
  const refused = refusal(error);
  return { ...support, integers: refused, rtl: refused };
}

/** "yes, with …", or "no: why; what helps". */
export function verdictText(verdict: Verdict): string {
  if (verdict.runs) return verdict.note === undefined ? "yes" : `yes, ${verdict.note}`;
  const remedy = verdict.remedy === undefined ? "" : `; ${verdict.remedy}`;
  return `no, ${verdict.code}: ${verdict.reason}${remedy}`;
}

/** Who runs it, in one line; and for those who do not, why not and what helps. */
export function supportLines(support: NeuronSupport): readonly string[] {
  const runs = neuronReaders.filter((reader) => support[reader].runs);
  const noted = runs.map((reader) => {
    const verdict = support[reader];
    return verdict.runs && verdict.note !== undefined ? `${reader} (${verdict.note})` : reader;
  });
  const refused = Map.groupBy(
    neuronReaders.filter((reader) => !support[reader].runs),
    (reader) => verdictText(support[reader]).replace("no, ", ""),
  );
  return [
    `runs: ${noted.join(", ")}`,
    ...[...refused].map(([why, readers]) => `does not: ${readers.join(", ")}, ${why}`),
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

function lowerSomehow(
  spec: NeuronSpec,
  units: readonly number[],
): { readonly integers: Verdict; readonly lowered?: IntegerNeuron } {
  let refused: Verdict | undefined;
  for (const unit of units) {
    try {
      const lowered = lowerNeuron(spec, { unit, input: { low: -127, high: 127 }, formats: triedFormats });
      const note = refused === undefined ? {} : { note: `with a quantizer of scale ${unit}` };
      return { integers: { runs: true, ...note }, lowered };
    } catch (error) {
      refused ??= refusal(error);
    }
  }
  return { integers: refused ?? { runs: true } };
}

function printed(neuron: IntegerNeuron, integers: Verdict): Verdict {
  try {
    neuronModule("neuron", neuron, { layer: "tried", sumBits: 8 });
    return integers;
  } catch (error) {
    return refusal(error);
  }
}

/** @throws what is no refusal */
function refusal(error: unknown): Verdict {
  if (!(error instanceof UserError)) throw error;
  const reason = error.message.replace(/^(neuron )?"[^"]+": /, "");
  return { runs: false, code: error.code, reason, remedy: error.hint };
}
