/** Why a command did not simply succeed; each reason has one exit code (`exitCodeOf`). */
export type ExitReason =
  | "bug"
  | "usage"
  | "bad-input"
  | "not-met"
  | "tool-missing"
  | "unsupported"
  | "resources"
  | "busy"
  | "remote"
  | "partial"
  | "interrupted"
  | "terminated";

const exitCodes: Readonly<Record<ExitReason, number>> = {
  bug: 1,
  usage: 2,
  "bad-input": 3,
  "not-met": 4,
  "tool-missing": 5,
  unsupported: 6,
  resources: 7,
  busy: 8,
  remote: 9,
  partial: 10,
  interrupted: 130,
  terminated: 143,
};

/** One thing wrong with a document, as a check returns it. */
export interface Problem {
  /** Stable name, for example `network/shape-mismatch`. */
  readonly code: string;
  /** Where: a file and a path inside it, or a layer, in the user's words. */
  readonly path: string;
  /** What is wrong, what was expected, what was found. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** The user can put this right: a file, a flag, a configuration. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;
  readonly exit: ExitReason;
  readonly problems: readonly Problem[];

  constructor(
    code: string,
    message: string,
    options: {
      readonly path?: string;
      readonly hint?: string;
      readonly exit?: ExitReason;
      readonly problems?: readonly Problem[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.path = options.path;
    this.hint = options.hint;
    this.exit = options.exit ?? "bad-input";
    this.problems = options.problems ?? [];
  }
}

/** An external tool is missing, refused, or failed. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly code: string;
  readonly command: string;
  readonly status: number | undefined;
  /** The end of what the tool printed, for the message. */
  readonly output: string;
  readonly hint: string | undefined;
  readonly exit: ExitReason;

  constructor(
    code: string,
    message: string,
    options: {
      readonly command: string;
      readonly status?: number;
      readonly output?: string;
      readonly hint?: string;
      readonly exit?: ExitReason;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.command = options.command;
    this.status = options.status;
    this.output = options.output ?? "";
    this.hint = options.hint;
    this.exit = options.exit ?? "tool-missing";
  }
}

/** Lacuna itself is wrong; please report it. */
export class BugError extends Error {
  override readonly name = "BugError";
  readonly code = "bug/assertion";
  readonly exit: ExitReason = "bug";
}

/** @throws BugError `bug/assertion` when `condition` is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BugError(message);
}

/** Return `value`, or fail as a bug when it is undefined: for indices that are known to exist. */
export function assertDefined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new BugError(`${what} is undefined`);
  return value;
}

/** Throw one UserError that lists every problem; return quietly when there is none. */
export function throwProblems(problems: readonly Problem[], exit: ExitReason = "bad-input"): void {
  const first = problems[0];
  if (first === undefined) return;
  const rest = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
  throw new UserError(first.code, `${first.path}: ${first.message}${rest}`, {
    path: first.path,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    exit,
    problems,
  });
}

/** The process exit code for anything thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UserError || error instanceof ToolError) return exitCodes[error.exit];
  if (error instanceof Error && error.name === "AbortError") return exitCodes.interrupted;
  return exitCodes.bug;
}

/** The exit code of a reason. */
export function exitCode(reason: ExitReason): number {
  return exitCodes[reason];
}
