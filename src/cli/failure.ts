import { BugError, exitCodeOf, printable, ToolError, UserError } from "../base/index.ts";
import { paint, print, tell, type Voice } from "./terminal.ts";

/** Tell the user what went wrong and what to do about it; return the exit code. */
export function reportFailure(error: unknown, voice: Voice): number {
  const code = exitCodeOf(error);
  if (voice.json) print(JSON.stringify({ error: describeFailure(error), exit: code }));
  else tell(failureText(error, voice));
  return code;
}

// ---------------------------------------------------------------------------------------------------------------------

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly problems?: readonly { readonly code: string; readonly path: string; readonly message: string }[];
}

/** Names in messages come from files: none may bring control characters of its own, colors included. */
function describeFailure(error: unknown): Failure {
  return cleaned(plainFailure(error));
}

function cleaned(failure: Failure): Failure {
  const { code, message, hint, problems } = failure;
  return {
    code,
    message: printable(message),
    ...(hint === undefined ? {} : { hint: printable(hint) }),
    ...(problems === undefined
      ? {}
      : { problems: problems.map((p) => ({ code: p.code, path: printable(p.path), message: printable(p.message) })) }),
  };
}

function plainFailure(error: unknown): Failure {
  if (error instanceof UserError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.problems.length === 0 ? {} : { problems: error.problems }),
    };
  }
  if (error instanceof ToolError) {
    return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  if (error instanceof Error && error.name === "AbortError") {
    return {
      code: "run/interrupted",
      message: "stopped; the state is saved",
      hint: "run the same command to continue",
    };
  }
  return { code: "bug/unexpected", message: error instanceof Error ? error.message : String(error) };
}

/** What a person reads. */
export function failureText(error: unknown, voice: Voice): string {
  const failure = describeFailure(error);
  const lines = [`${paint(voice, "red", "✗")} ${paint(voice, "bold", failure.code)}  ${failure.message}`];
  for (const problem of failure.problems?.slice(1, 20) ?? []) lines.push(`  also ${problem.path}: ${problem.message}`);
  if (error instanceof ToolError && error.output !== "") lines.push(indent(printable(error.output)));
  if (failure.hint !== undefined) lines.push(`  ${paint(voice, "cyan", "fix")} ${failure.hint}`);
  const isBug = error instanceof BugError || failure.code === "bug/unexpected";
  if (isBug) {
    lines.push("  this is a bug in Lacuna; please report it with the lines below");
    if (error instanceof Error && error.stack !== undefined) lines.push(indent(error.stack));
  }
  return lines.join("\n");
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .slice(-15)
    .map((line) => `    ${line}`)
    .join("\n");
}
