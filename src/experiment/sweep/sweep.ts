// A sweep: every combination of a few choices on one data set, each point a stage of the run, so that it goes on where it was cut
// off and is never learned twice.

import { assertDefined } from "../../base/index.ts";
import { runStudy, type Objective, type Study } from "../../exploration/index.ts";
import type { Network } from "../../model/network/index.ts";
import type { Platform } from "../../platform/index.ts";
import { openRun } from "../../runs/index.ts";
import type { Config } from "../config.ts";
import { requireHardware } from "../parse-config.ts";
import type { EventListener, Session } from "../session.ts";
import { loadData, trainBase } from "../stages/software.ts";
import type { Sweep } from "./axes.ts";
import { documentOf } from "./document.ts";
import { judgePoint, type PointResult } from "./point.ts";

export interface SweepResult {
  readonly sweep: Sweep;
  readonly study: Study<PointResult>;
  readonly seconds: number;
}

/** A point is better with more accuracy and with fewer effective synaptic operations. */
const objectives: readonly Objective[] = [
  { name: "accuracy", direction: "maximize" },
  { name: "effectiveOperations", direction: "minimize" },
];

/** Run a sweep, or what is left of it. With `warm`, points start from one network trained by the document itself. */
export async function runSweep(options: {
  readonly platform: Platform;
  readonly config: Config;
  readonly sweep: Sweep;
  readonly warm: boolean;
  readonly runFolder: string;
  readonly packageFolder: string;
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
}): Promise<SweepResult> {
  const { platform, config, sweep, onEvent, signal } = options;
  requireHardware(config);
  const started = platform.clock.monotonic();
  await using run = await openRun(platform, options.runFolder);
  const session: Session = { ...options, run, ledger: [] };
  const data = await loadData(session);
  const steps = assertDefined(config.explore.stepCount[0], "steps");
  const warm: Network | undefined = options.warm ? (await trainBase(session, data, steps)).network : undefined;
  const title = `sweep ${sweep.name}`;
  onEvent({ type: "stage-started", title });
  const began = platform.clock.monotonic();
  const study = await runStudy<PointResult>({
    space: sweep.axes.map(({ name, values }) => ({ name, kind: "ordinal", values })),
    objectives,
    bounds: [],
    sampler: "grid",
    trialCount: sweep.axes.reduce((count, { values }) => count * values.length, 1),
    seed: config.seed,
    signal,
    onProgress: (progress) => onEvent({ type: "progress", title, progress }),
    evaluate: async (values) => {
      const label = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
      const name = `${title}: ${label.join(", ")}`;
      const details = await judgePoint(session, data, documentOf(config, sweep, values), warm, name);
      return { objectives: { accuracy: details.accuracy, effectiveOperations: details.effectiveOperations }, details };
    },
  });
  const now = platform.clock.monotonic();
  const points = session.ledger.filter((entry) => entry.name.startsWith(title));
  const reused = points.filter((entry) => entry.reused).length;
  onEvent({
    type: "stage-finished",
    title,
    reused: reused === points.length,
    reason: "first time",
    seconds: (now - began) / 1000,
    summary: `${study.trials.length} points, ${reused} taken from before, ${study.front.length} on the front`,
  });
  return { sweep, study, seconds: (now - started) / 1000 };
}
