// What a reference check is: one file per kind of vector, each saying which files it knows and what it compared.

/** A vector file, parsed; `name` is its path below the checked folder. */
export interface VectorFile {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One thing that was compared. */
export interface Comparison {
  /** In the file's words: "spikes", "mem", "encoder rate", … */
  readonly what: string;
  readonly values: number;
  /** Values beyond the bound. */
  readonly differing: number;
  /** Largest difference, in `unit`; spikes have none. */
  readonly worst?: number;
  readonly unit?: "ulp" | "relative" | "absolute";
  readonly bound?: number;
  /** What a reader should know about the comparison. */
  readonly note?: string;
}

/** Checks every file of one kind. Adding one is a file and a line in `checkers.ts`. */
export interface Checker {
  /** "neuron traces", "encoders", … */
  readonly kind: string;
  accepts(file: VectorFile): boolean;
  /** @throws UserError naming what is not supported: the file then counts as not checked. */
  check(file: VectorFile): readonly Comparison[] | Promise<readonly Comparison[]>;
}

export interface FileResult {
  readonly file: string;
  readonly kind: string | undefined;
  readonly comparisons: readonly Comparison[];
  /** Why the file, or a part of it, was not checked. */
  readonly notChecked?: string;
  /** Nothing differed, and everything was checked or is listed in `unchecked.ts`. */
  readonly passed: boolean;
}
