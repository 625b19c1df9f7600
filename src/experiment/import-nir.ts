// A NIR file as a model: which dialect, how long a step, which document; from flags, from the file's own note, or asked for.

import { suggestName, throwProblems, UserError } from "../base/index.ts";
import {
  dialectByName,
  dialectTraits,
  isNeuronType,
  isNirData,
  isResetChoice,
  networkOfNir,
  noteOf,
  planNir,
  readNir,
  resetChoices,
  soundGraph,
  type Discretization,
  type NirFinding,
  type NirGraph,
  type NirPlan,
} from "../model/nir/index.ts";
import { checkNetwork, type Network } from "../model/network/index.ts";
import { dialects, type DialectName } from "../model/neuron/index.ts";
import type { Platform } from "../platform/index.ts";
import type { Model } from "./model-file.ts";
import { parseConfig } from "./parse-config.ts";

/** What the user says about a NIR file; the rest comes from its metadata. */
export interface ImportOptions {
  readonly dialect?: string | undefined;
  /** Seconds per step. */
  readonly stepSeconds?: number | undefined;
  readonly reset?: string | undefined;
  readonly stepCount?: number | undefined;
  /** The experiment document: data, encoding, numerics. */
  readonly document?: unknown;
  /** The command that was typed, for the advice to type it again with more. */
  readonly command?: string | undefined;
}

/** Whether bytes are a NIR or another HDF5 file. */
export function isHdf5(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x48 && bytes[2] === 0x44 && bytes[3] === 0x46;
}

/** A NIR file with all findings. @throws what reading HDF5 throws; `nir/no-graph` for recordings */
export async function readNirFile(
  platform: Platform,
  file: string,
): Promise<{ readonly graph: NirGraph; readonly findings: readonly NirFinding[] }> {
  const tree = await platform.hdf5.read(await platform.files.read(file), file);
  if (isNirData(tree)) {
    throw new UserError("nir/no-graph", `${file}: it holds recordings (NIRData), no graph`, { path: file });
  }
  return readNir(tree, file);
}

export interface ImportedModel {
  readonly model: Model;
  readonly notes: readonly string[];
}

/** @throws `nir/dialect-needed`, `nir/step-needed` with the command to type, `nir/no-chain`, and what planning throws */
export async function importNir(platform: Platform, file: string, options: ImportOptions): Promise<ImportedModel> {
  const graph = soundGraph(await readNirFile(platform, file), file);
  const chosen = chooseDiscretization(graph, file, options);
  const plan = planNir(graph, chosen.discretization);
  const note = noteOf(graph.metadata);
  const config = parseConfig(options.document ?? documentOf(note.config, file), file);
  const stepCount = options.stepCount ?? note.stepCount ?? config.explore.stepCount[0] ?? 1;
  const name =
    file
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.nir$/, "") ?? "nir";
  const readout = chosen.discretization.usesNotes === true ? readoutOf(note.readout, file) : undefined;
  const { network, notes } = networkOfNir(plan, { name, stepCount, ...(readout === undefined ? {} : { readout }) });
  throwProblems(checkNetwork(network).map((problem) => ({ ...problem, path: `${file} at ${problem.path}` })));
  return { model: { kind: "model", network, config }, notes: [...chosen.notes, ...notes] };
}

/** Dialect, reset and seconds per step: flags first, then the file's own note, then a guess that is told. */
export function chooseDiscretization(
  graph: NirGraph,
  file: string,
  options: ImportOptions,
): { readonly discretization: Discretization; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const note = noteOf(graph.metadata);
  const dialect = chooseDialect(graph, file, options, notes);
  const stepSeconds = options.stepSeconds ?? note.stepSeconds ?? (needsStep(graph, dialect) ? undefined : 1);
  if (stepSeconds === undefined) {
    const usual = dialectTraits[dialect].usualStepSeconds;
    const message = `${file}: its time constants are in seconds, and NIR does not say how long a step is`;
    const hint = `${commandOf(options, file)} --dialect ${dialect} --dt ${usual}   (${dialectTraits[dialect].title} usually takes ${usual} s)`;
    throw new UserError("nir/step-needed", message, { path: file, hint });
  }
  if (options.stepSeconds === undefined && note.stepSeconds !== undefined)
    notes.push(`dt ${stepSeconds} s, from the file's metadata`);
  const reset = options.reset ?? (options.dialect === undefined ? note.reset : undefined);
  if (reset !== undefined && !isResetChoice(reset)) {
    throw new UserError("nir/unknown-reset", `no reset is called "${reset}"; ${suggestName(reset, resetChoices)}`, {
      exit: "usage",
    });
  }
  // What our own files note about single nodes goes with the dialect that they note.
  const usesNotes = options.dialect === undefined && options.reset === undefined && note.dialect === dialect;
  return {
    discretization: {
      dialect,
      stepSeconds,
      ...(reset === undefined ? {} : { reset }),
      ...(usesNotes ? { usesNotes } : {}),
    },
    notes,
  };
}

/** Whether how neurons step matters at all. */
export function hasNeurons(graph: NirGraph): boolean {
  return graph.nodes.some((node) => (node.kind === "subgraph" ? hasNeurons(node.graph) : isNeuronType(node.type)));
}

/** A plan for `inspect`, when the file or the flags say enough; otherwise why not. */
export function tryPlan(
  graph: NirGraph,
  file: string,
  options: ImportOptions,
): { readonly plan: NirPlan } | { readonly error: UserError } {
  try {
    return { plan: planNir(graph, chooseDiscretization(graph, file, options).discretization) };
  } catch (error) {
    if (error instanceof UserError) return { error };
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function commandOf({ command }: ImportOptions, file: string): string {
  return command ?? `lacuna inspect ${/^[\w./-]+$/.test(file) ? file : JSON.stringify(file)}`;
}

function chooseDialect(graph: NirGraph, file: string, options: ImportOptions, notes: string[]): DialectName {
  if (options.dialect !== undefined) return dialectByName(options.dialect);
  const own = noteOf(graph.metadata).dialect;
  if (own !== undefined && Object.hasOwn(dialects, own)) {
    notes.push(`dialect ${own}, from the file's metadata`);
    return own as DialectName;
  }
  const guess = guessDialect(graph);
  if (guess !== undefined) {
    notes.push(`dialect ${guess.name}, guessed: the metadata "${guess.from}" names it; say --dialect if it is another`);
    return guess.name;
  }
  if (!hasNeurons(graph)) return "nir";
  throw new UserError(
    "nir/dialect-needed",
    `${file}: NIR does not say how the framework that trained it steps its neurons`,
    {
      path: file,
      hint: `${commandOf(options, file)} --dialect <${Object.keys(dialects).join("|")}>`,
    },
  );
}

function guessDialect(graph: NirGraph): { readonly name: DialectName; readonly from: string } | undefined {
  for (const [from, item] of graph.metadata?.members ?? []) {
    if (item.kind !== "texts") continue;
    const text = item.values.join(" ").toLowerCase();
    const name = (Object.keys(dialects) as DialectName[]).find((known) => known !== "nir" && text.includes(known));
    if (name !== undefined) return { name, from: from.slice(0, 60) };
  }
  return undefined;
}

/** Charges per step need no seconds; everything with a time constant does. */
function needsStep(graph: NirGraph, dialect: DialectName): boolean {
  const perStep = dialect !== "nir" && dialect !== "spikingjelly" && dialect !== "rockpool";
  return graph.nodes.some((node) => {
    if (node.kind === "subgraph") return needsStep(node.graph, dialect);
    return node.type === "Delay" || (isNeuronType(node.type) && !(node.type === "IF" && perStep));
  });
}

/** The readout that a file of ours notes; `checkNetwork` judges it. */
function readoutOf(text: string | undefined, file: string): Network["readout"] | undefined {
  if (text === undefined) return undefined;
  const found = documentOf(text, file) as Partial<Network["readout"]> | null;
  if (typeof found?.kind === "string") return found as Network["readout"];
  throw new UserError("nir/metadata", `${file}: its metadata lacuna_readout names no kind`, { path: file });
}

function documentOf(text: string | undefined, file: string): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UserError("nir/metadata", `${file}: its metadata is no JSON`, { path: file });
  }
}
