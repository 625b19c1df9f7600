// A run is a folder: a journal of stages and their artifacts by content. A stage whose inputs did not change is not run again; a
// stage that was interrupted continues from its checkpoint.

import { canonicalJson, hashBytes, hashText, UserError, type ProgressListener } from "../base/index.ts";
import type { Platform } from "../platform/index.ts";
import { decodeArtifact, encodeArtifact } from "./artifact.ts";
import { describeChange, flattenKey, type KeyParts } from "./key.ts";

/** What a stage gets beside its inputs. */
export interface StageContext {
  readonly onProgress: ProgressListener;
  readonly signal: AbortSignal;
  readonly checkpoint: Checkpoint;
}

/** State inside a stage that survives a crash; dropped when the stage ends. */
export interface Checkpoint {
  /** Beginning of the names of its files. */
  readonly path: string;
  save(value: unknown): Promise<void>;
  /** The newest intact state, or undefined. */
  load(): Promise<unknown>;
}

/** One step of a run. `inputs` is everything that its result depends on. */
export interface Stage<Output> {
  /** Unique within the run: "train", "tune 8 steps, 4 bit". */
  readonly name: string;
  /** Changed when the code of the stage means something else. */
  readonly version: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly run: (context: StageContext) => Promise<Output>;
}

export interface StageResult<Output> {
  readonly output: Output;
  readonly reused: boolean;
  /** Why it ran, or "unchanged". */
  readonly reason: string;
  readonly seconds: number;
  /** Hash of the artifact. */
  readonly hash: string;
}

/** An open run; closing releases its lock. */
export interface Run extends AsyncDisposable {
  readonly folder: string;
  /** Every finished stage so far, latest last. */
  readonly journal: readonly JournalEntry[];
  stage<Output>(
    stage: Stage<Output>,
    options: { readonly onProgress?: ProgressListener; readonly signal: AbortSignal },
  ): Promise<StageResult<Output>>;
}

export interface JournalEntry {
  readonly stage: string;
  readonly key: string;
  readonly parts: KeyParts;
  readonly artifact: string;
  readonly seconds: number;
  readonly at: string;
}

const formatVersion = 1;

/**
 * Open (or begin) the run in `folder` and lock it.
 * @throws `run/busy` when another process works there, `run/newer-format`, `run/damaged-journal`
 */
export async function openRun(platform: Platform, folder: string): Promise<Run> {
  const { files } = platform;
  await files.makeFolder(folder);
  const lock = await files.lock(`${folder}/lock`);
  try {
    await checkFormat(platform, folder);
    const journal = await readJournal(platform, `${folder}/journal.jsonl`);
    return {
      folder,
      journal,
      stage: (stage, options) => runStage(platform, folder, journal, stage, options),
      [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() as Promise<void>,
    };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

async function checkFormat({ files }: Platform, folder: string): Promise<void> {
  const path = `${folder}/format`;
  if (!(await files.exists(path))) return files.write(path, `${formatVersion}\n`);
  const found = Number.parseInt(await files.readText(path, { maxBytes: 100 }), 10);
  if (found <= formatVersion) return;
  throw new UserError(
    "run/newer-format",
    `${folder}: written by a newer Lacuna (format ${found}, this one reads ${formatVersion})`,
    {
      path: folder,
      hint: "use the newer version, or another --run name; nothing was changed",
    },
  );
}

/** A torn last line is what a crash leaves; anything else that does not parse is damage. */
async function readJournal({ files }: Platform, path: string): Promise<JournalEntry[]> {
  if (!(await files.exists(path))) return [];
  const text = await files.readText(path);
  const lines = text.split("\n");
  const entries: JournalEntry[] = [];
  lines.forEach((line, i) => {
    if (line === "") return;
    try {
      entries.push(JSON.parse(line) as JournalEntry);
    } catch (cause) {
      if (i === lines.length - 1) return;
      throw new UserError("run/damaged-journal", `${path}, line ${i + 1}: it is damaged`, {
        path,
        cause,
        hint: "remove that line; its stage will run again",
      });
    }
  });
  // A torn tail must not be joined by the next append.
  if (!text.endsWith("\n") && text !== "")
    await files.write(path, entries.map((e) => `${JSON.stringify(e)}\n`).join(""));
  return entries;
}

async function runStage<Output>(
  platform: Platform,
  folder: string,
  journal: JournalEntry[],
  stage: Stage<Output>,
  options: { readonly onProgress?: ProgressListener; readonly signal: AbortSignal },
): Promise<StageResult<Output>> {
  const { files, clock } = platform;
  const parts = flattenKey({ ...stage.inputs, version: stage.version });
  const key = hashText(`${stage.name}\n${canonicalJson(parts)}`);
  const known = journal.findLast((entry) => entry.key === key);
  let reason = describeChange(parts, journal.findLast((entry) => entry.stage === stage.name)?.parts);
  if (known !== undefined) {
    const held = await readArtifact(platform, folder, known.artifact);
    if (held.found) {
      return {
        output: held.value as Output,
        reused: true,
        reason: "unchanged",
        seconds: known.seconds,
        hash: known.artifact,
      };
    }
    reason = held.reason;
  }
  options.signal.throwIfAborted();
  const checkpoint = openCheckpoint(platform, `${folder}/checkpoints/${key.slice(0, 32)}`);
  const started = clock.monotonic();
  const output = await stage.run({
    onProgress: options.onProgress ?? (() => undefined),
    signal: options.signal,
    checkpoint,
  });
  const seconds = (clock.monotonic() - started) / 1000;
  const bytes = encodeArtifact(output);
  const hash = hashBytes(bytes);
  await files.write(`${folder}/artifacts/${hash}`, bytes);
  const entry: JournalEntry = { stage: stage.name, key, parts, artifact: hash, seconds, at: clock.now() };
  await files.append(`${folder}/journal.jsonl`, `${JSON.stringify(entry)}\n`);
  journal.push(entry);
  await checkpoint.drop();
  // What later runs will read is what this run hands on: the decoded artifact.
  return { output: decodeArtifact(bytes, hash) as Output, reused: false, reason, seconds, hash };
}

async function readArtifact(
  { files }: Platform,
  folder: string,
  hash: string,
): Promise<{ readonly found: true; readonly value: unknown } | { readonly found: false; readonly reason: string }> {
  const path = `${folder}/artifacts/${hash}`;
  if (!(await files.exists(path))) return { found: false, reason: "its artifact is missing" };
  const bytes = await files.read(path);
  if (hashBytes(bytes) !== hash) return { found: false, reason: "its artifact is damaged" };
  return { found: true, value: decodeArtifact(bytes, path) };
}

/** Two files take turns, so that a state torn by a crash leaves the one before. */
function openCheckpoint({ files }: Platform, base: string): Checkpoint & { drop(): Promise<void> } {
  let turn = 0;
  const paths = [`${base}.a`, `${base}.b`];
  return {
    path: base,
    save: async (value) => {
      turn++;
      await files.write(paths[turn % 2] ?? base, encodeArtifact({ turn, value }));
    },
    load: async () => {
      let best: { readonly turn: number; readonly value: unknown } | undefined;
      for (const path of paths) {
        if (!(await files.exists(path))) continue;
        try {
          const held = decodeArtifact(await files.read(path), path) as {
            readonly turn: number;
            readonly value: unknown;
          };
          if (best === undefined || held.turn > best.turn) best = held;
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }
      turn = best?.turn ?? 0;
      return best?.value;
    },
    drop: async () => {
      for (const path of paths) await files.remove(path);
    },
  };
}
