/** What long work tells whoever watches it. */
export interface Progress {
  /** What is being done, in the user's words. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** What is counted, plural: "samples", "designs", "cycles". */
  readonly unit: string;
  /** A short remark on the state of the work: "accuracy 0.952". */
  readonly note?: string;
}

/** Passed into long work; may be called often, so it must be cheap. */
export type ProgressListener = (progress: Progress) => void;
