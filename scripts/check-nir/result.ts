// What a check of NIR files reports: one line per comparison.

export interface Comparison {
  /** Path below the checked folder. */
  readonly file: string;
  readonly what: string;
  /** Values compared. */
  readonly values: number;
  readonly differing: number;
  /** What a reader should know. */
  readonly note?: string;
}

/** Something that was not compared, and why. */
export interface Skipped {
  readonly file: string;
  readonly what: string;
  readonly reason: string;
  /** Whether that is in order. */
  readonly expected: boolean;
}

export type Result = Comparison | Skipped;

export function isSkipped(result: Result): result is Skipped {
  return "reason" in result;
}

/** Whether nothing differs, and what was left out may be. */
export function isPassed(result: Result): boolean {
  return isSkipped(result) ? result.expected : result.differing === 0;
}

export function resultLine(result: Result): string {
  const mark = isPassed(result) ? (isSkipped(result) ? "--  " : "ok  ") : "DIFF";
  if (isSkipped(result)) return `${mark} ${result.file}  ${result.what}: ${result.reason}`;
  const note = result.note === undefined ? "" : ` (${result.note})`;
  return `${mark} ${result.file}  ${result.what}: ${result.differing} of ${result.values} differ${note}`;
}

/** What a check of one file found; what breaks it is a finding too, and the other files are still checked. */
export async function guarded(
  file: string,
  what: string,
  check: () => Promise<Result | readonly Result[]>,
): Promise<readonly Result[]> {
  try {
    const found = await check();
    return Array.isArray(found) ? found : [found as Result];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, " ").slice(0, 300) : String(error);
    return [{ file, what, reason, expected: false }];
  }
}

/** Values that are not equal; a different length counts as all. */
export function countDiffering(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.max(a.length, b.length);
  let differing = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differing++;
  return differing;
}
