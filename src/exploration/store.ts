import { hashValue, UserError } from "../base/index.ts";
import type { Files } from "../platform/index.ts";
import type { StoredTrial } from "./trial.ts";

/** Where finished trials are kept, so that a study goes on where it was cut off. */
export interface TrialStore<Details> {
  /** Durable when it returns. */
  append(trial: StoredTrial<Details>): Promise<void>;
  /** All trials so far, the oldest first. */
  list(): Promise<readonly StoredTrial<Details>[]>;
}

/** A store that lives as long as the process. */
export function memoryStore<Details>(): TrialStore<Details> {
  const trials: StoredTrial<Details>[] = [];
  return {
    append: async (trial) => {
      trials.push(trial);
    },
    list: async () => [...trials],
  };
}

const format = 1;

/**
 * A store in a file of JSON lines. A line torn by a crash is dropped; its design is evaluated again.
 * @param identity  Everything that makes a stored result worth reusing: space, data, seeds, code version. Other identity, other file.
 * @throws `study/other-study`, `study/newer-format`, `study/damaged-journal`
 */
export async function openFileStore<Details>(options: {
  readonly files: Files;
  readonly path: string;
  readonly identity: unknown;
}): Promise<TrialStore<Details>> {
  const { files, path } = options;
  const header = JSON.stringify({ format, identity: hashValue(options.identity) });
  const trials = await readJournal<Details>(files, path, header);
  // Appends wait for each other, so that lines of parallel trials never mix.
  let last: Promise<void> = Promise.resolve();
  return {
    append: (trial) => {
      trials.push(trial);
      last = last.then(() => files.append(path, `${JSON.stringify(trial)}\n`));
      return last;
    },
    list: async () => [...trials],
  };
}

// ---------------------------------------------------------------------------------------------------------------------

async function readJournal<Details>(files: Files, path: string, header: string): Promise<StoredTrial<Details>[]> {
  const text = (await files.exists(path)) ? await files.readText(path) : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [first, ...lines] = whole.split("\n").slice(0, -1);
  if (first === undefined) {
    await files.write(path, `${header}\n`);
    return [];
  }
  checkHeader(first, header, path);
  const trials = lines.map((line, i) => parseTrial<Details>(line, path, i + 2));
  // A torn tail must not be joined by the next append.
  if (whole !== text) await files.write(path, whole);
  return trials;
}

function checkHeader(line: string, expected: string, path: string): void {
  if (line === expected) return;
  const held = tryParse(line) as { readonly format?: unknown } | undefined;
  if (typeof held?.format === "number" && held.format > format) {
    throw new UserError(
      "study/newer-format",
      `${path}: written by a newer Lacuna (format ${held.format}, this one reads ${format})`,
      { path, hint: "use the newer version, or another file; nothing was changed" },
    );
  }
  if (typeof held?.format !== "number") {
    throw new UserError("study/damaged-journal", `${path}, line 1: it is not the journal of a study`, {
      path,
      hint: "choose another file; nothing was changed",
    });
  }
  throw new UserError("study/other-study", `${path}: it holds the trials of another study`, {
    path,
    hint: "space, data or settings changed: choose another file, or remove this one",
  });
}

function parseTrial<Details>(line: string, path: string, number: number): StoredTrial<Details> {
  const held = tryParse(line) as Partial<StoredTrial<Details>> | undefined;
  const { point, values, outcome, course } = held ?? {};
  if (!Array.isArray(point) || typeof values !== "object" || outcome === undefined || !Array.isArray(course)) {
    throw new UserError("study/damaged-journal", `${path}, line ${number}: it is damaged`, {
      path,
      hint: "remove that line; its design will be evaluated again",
    });
  }
  // JSON leaves out what is undefined.
  return {
    point,
    values,
    outcome,
    objectives: held?.objectives,
    details: held?.details,
    failure: held?.failure,
    course,
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
