// What our own files note beside a graph: NIR cannot say how a neuron resets, how long a step is or how the network decides.

import { dataGroup, dataNumbers, dataText, memberOf, type DataGroup, type DataItem } from "../../base/index.ts";
import type { DialectName } from "../neuron/index.ts";
import { isResetChoice, type ResetChoice } from "./reset-choice.ts";

/** Beside a whole graph. */
export interface NirNote {
  readonly dialect?: DialectName | undefined;
  readonly stepSeconds?: number | undefined;
  readonly reset?: ResetChoice | undefined;
  readonly stepCount?: number | undefined;
  /** How the network decides, as JSON. */
  readonly readout?: string | undefined;
  /** The experiment document, as JSON. */
  readonly config?: string | undefined;
}

/** A note as it was read: texts are not known to be names. */
export type ReadNote = {
  readonly [Key in keyof NirNote]: Key extends "dialect" | "reset" ? string | undefined : NirNote[Key];
};

/** Metadata with a note added; what others noted stays. */
export function withNote(metadata: DataGroup | undefined, note: NirNote): DataGroup {
  return noted(metadata, {
    lacuna_config: text(note.config),
    lacuna_dialect: text(note.dialect),
    lacuna_dt: note.stepSeconds === undefined ? undefined : dataNumbers(note.stepSeconds),
    lacuna_readout: text(note.readout),
    lacuna_reset: text(note.reset),
    lacuna_steps: note.stepCount === undefined ? undefined : dataNumbers(note.stepCount, "int64"),
  });
}

/** The note of a file of ours. */
export function noteOf(metadata: DataGroup | undefined): ReadNote {
  return {
    dialect: textIn(metadata, "lacuna_dialect"),
    stepSeconds: numberIn(metadata, "lacuna_dt"),
    reset: textIn(metadata, "lacuna_reset"),
    stepCount: numberIn(metadata, "lacuna_steps"),
    readout: textIn(metadata, "lacuna_readout"),
    config: textIn(metadata, "lacuna_config"),
  };
}

/** Beside a node: how its neurons reset, or on which grid its weights lie (JSON). */
export function nodeNote(note: { readonly reset?: ResetChoice | undefined; readonly quantizer?: string | undefined }): {
  readonly metadata?: DataGroup;
} {
  const metadata = noted(undefined, { lacuna_quantizer: text(note.quantizer), lacuna_reset: text(note.reset) });
  return metadata.members.length === 0 ? {} : { metadata };
}

/** The grid of a node's weights, as JSON. */
export function notedQuantizer(metadata: DataGroup | undefined): string | undefined {
  return textIn(metadata, "lacuna_quantizer");
}

/** The reset that a node of our own notes. */
export function notedReset(metadata: DataGroup | undefined): ResetChoice | undefined {
  const name = textIn(metadata, "lacuna_reset");
  return name !== undefined && isResetChoice(name) ? name : undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

function text(value: string | undefined): DataItem | undefined {
  return value === undefined ? undefined : dataText(value);
}

function noted(metadata: DataGroup | undefined, note: Readonly<Record<string, DataItem | undefined>>): DataGroup {
  const own = Object.entries(note).filter((entry): entry is [string, DataItem] => entry[1] !== undefined);
  const kept = (metadata?.members ?? []).filter(([name]) => !own.some(([known]) => known === name));
  return dataGroup([...kept, ...own], metadata?.attributes ?? []);
}

function textIn(metadata: DataGroup | undefined, name: string): string | undefined {
  const item = metadata === undefined ? undefined : memberOf(metadata, name);
  return item?.kind === "texts" ? item.values[0] : undefined;
}

function numberIn(metadata: DataGroup | undefined, name: string): number | undefined {
  const item = metadata === undefined ? undefined : memberOf(metadata, name);
  return item?.kind === "numbers" ? item.values[0] : undefined;
}
