import { assertDefined } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import { openRun } from "../../runs/index.ts";
import type { Config } from "../config.ts";
import type { EventListener, Session } from "../session.ts";
import { loadData, trainBase } from "../stages/software.ts";
import { regimePlan } from "./plan.ts";
import { compressedPoint, floatPoint, type RegimePoint } from "./point.ts";
import { summarize, type RegimeRow } from "./summary.ts";

export interface RegimesResult {
  readonly points: readonly RegimePoint[];
  readonly rows: readonly RegimeRow[];
}

/** Run the regimes for every seed; each point is a stage that a later run reuses. */
export async function runRegimes(options: {
  readonly platform: Platform;
  readonly config: Config;
  readonly runFolder: string;
  readonly packageFolder: string;
  readonly seeds: readonly number[];
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
}): Promise<RegimesResult> {
  await using run = await openRun(options.platform, options.runFolder);
  const points: RegimePoint[] = [];
  for (const seed of options.seeds) {
    const session: Session = { ...options, config: { ...options.config, seed }, run, ledger: [] };
    const data = await loadData(session);
    const base = await trainBase(session, data, assertDefined(session.config.explore.stepCount[0], "step count"));
    points.push(await floatPoint(session, data, base));
    for (const choice of regimePlan(session.config)) points.push(await compressedPoint(session, data, base, choice));
  }
  return { points, rows: summarize(points) };
}
