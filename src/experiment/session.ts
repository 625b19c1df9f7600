import { assertDefined, UserError, type Progress } from "../base/index.ts";
import type { EpochRecord } from "../learning/index.ts";
import type { Network } from "../model/network/index.ts";
import type { Platform } from "../platform/index.ts";
import type { Run, Stage } from "../runs/index.ts";
import type { Config } from "./config.ts";

/** What an experiment tells whoever watches it. */
export type ExperimentEvent =
  | { readonly type: "stage-started"; readonly title: string }
  | { readonly type: "progress"; readonly title: string; readonly progress: Progress }
  | {
      readonly type: "stage-finished";
      readonly title: string;
      readonly reused: boolean;
      /** Why it ran, or "unchanged". */
      readonly reason: string;
      readonly seconds: number;
      /** The result in a few words. */
      readonly summary: string;
    }
  /** An epoch of training ended; `epochCount` are planned. */
  | { readonly type: "epoch"; readonly title: string; readonly record: EpochRecord; readonly epochCount: number }
  | { readonly type: "note"; readonly text: string };

export type EventListener = (event: ExperimentEvent) => void;

/** One line of the run's ledger, for the report. */
export interface StageRecord {
  readonly name: string;
  readonly reused: boolean;
  readonly reason: string;
  readonly seconds: number;
}

/** Everything that the stages of one experiment share. */
export interface Session {
  readonly platform: Platform;
  readonly config: Config;
  readonly run: Run;
  /** Folder of the package, where `data/` lies. */
  readonly packageFolder: string;
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
  readonly ledger: StageRecord[];
  /** Keeps what was good when training fails, and says where. */
  readonly keepModel?: ((network: Network) => Promise<string>) | undefined;
}

/** Run a stage, or take what an earlier run left, and tell about it. */
export async function runStage<Output>(
  session: Pick<Session, "run" | "signal" | "onEvent" | "ledger">,
  stage: Stage<Output>,
  summarize: (output: Output) => string,
): Promise<Output> {
  const title = stage.name;
  const { run, signal, onEvent, ledger } = session;
  onEvent({ type: "stage-started", title });
  const result = await run.stage(stage, {
    signal,
    onProgress: (progress) => onEvent({ type: "progress", title, progress }),
  });
  const { reused, reason, seconds, output } = result;
  ledger.push({ name: title, reused, reason, seconds });
  onEvent({ type: "stage-finished", title, reused, reason, seconds, summary: summarize(output) });
  return output;
}

/** Run a stage inside another one: its progress belongs to the outer stage. */
export async function runQuietStage<Output>(session: Session, stage: Stage<Output>): Promise<Output> {
  const { output, reused, reason, seconds } = await session.run.stage(stage, { signal: session.signal });
  session.ledger.push({ name: stage.name, reused, reason, seconds });
  return output;
}

/** A choice that a study made, as a number. */
export function numberChoice(values: Readonly<Record<string, string | number | boolean>>, name: string): number {
  const value = assertDefined(values[name], name);
  if (typeof value === "number") return value;
  throw new UserError("config/invalid", `${name}: expected a number, got ${String(value)}`);
}
