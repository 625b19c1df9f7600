import { stderr, stdout } from "node:process";
import { formatDuration, progressBar } from "../report/index.ts";
import type { ExperimentEvent } from "../experiment/index.ts";
import { printable, type Progress } from "../base/index.ts";

/** How a command talks: people read standard error, machines read standard output. */
export interface Voice {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** Flags that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

export function voiceOf(options: CommonOptions): Voice {
  const wanted = options.color !== false && process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb";
  return { json: options.json === true, quiet: options.quiet === true, color: wanted && stderr.isTTY };
}

/** Data for the user or the next program, on standard output. */
export function print(text: string): void {
  stdout.write(`${withoutControls(text)}\n`);
}

/** Remarks, on standard error. */
export function remark(voice: Voice, text: string): void {
  if (!voice.quiet) tell(text);
}

/** Text on standard error, whatever the voice. */
export function tell(text: string): void {
  stderr.write(`${withoutControls(text)}\n`);
}

/** No text may move the cursor or rename the window, whatever a file is called or calls its layers; our own colors stay. */
export function withoutControls(text: string): string {
  return text
    .split(ownColors)
    .map((part, i) => (i % 2 === 0 ? printable(part) : part))
    .join("");
}

const codes = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" } as const;

// oxlint-disable-next-line no-control-regex -- control characters are what is kept out
const ownColors = new RegExp(`(\u001B\\[(?:0|${Object.values(codes).join("|")})m)`);

export function paint(voice: Voice, style: keyof typeof codes, text: string): string {
  return voice.color ? `\u001B[${codes[style]}m${text}\u001B[0m` : text;
}

/**
 * Shows an experiment while it runs: one line per stage, redrawn on a terminal; elsewhere a line per 10 % or 30 s, so that logs
 * stay short.
 */
export function stageView(
  voice: Voice,
  monotonic: () => number,
  options: { readonly everyEpoch?: boolean } = {},
): (event: ExperimentEvent) => void {
  const told = new Set<string>();
  let first: { readonly done: number; readonly at: number } | undefined;
  let lastShown = Number.NEGATIVE_INFINITY;
  let lastShare = 0;
  let redrawn = false;
  const line = (text: string, final: boolean): void => {
    if (stderr.isTTY) {
      stderr.write(`\r\u001B[2K${withoutControls(text)}${final ? "\n" : ""}`);
      redrawn = !final;
    } else tell(text);
  };
  const showProgress = (title: string, progress: Progress): void => {
    const now = monotonic();
    // A stage that goes on from a checkpoint has done its first share earlier.
    first ??= { done: progress.done, at: now };
    const share = progress.total === 0 ? 1 : progress.done / progress.total;
    const due = stderr.isTTY ? now - lastShown >= 80 : now - lastShown >= 30_000 || share - lastShare >= 0.25;
    if (!due) return;
    lastShown = now;
    lastShare = share;
    const rate = (progress.done - first.done) / Math.max((now - first.at) / 1000, 1e-3);
    line(progressLine(voice, title, progress, rate), false);
  };
  return (event) => {
    if (voice.quiet || voice.json) return;
    switch (event.type) {
      case "stage-started":
        first = undefined;
        lastShown = stderr.isTTY ? Number.NEGATIVE_INFINITY : monotonic();
        lastShare = 0;
        if (stderr.isTTY) line(`  ${paint(voice, "cyan", "▸")} ${event.title}`, false);
        break;
      case "progress":
        showProgress(event.title, event.progress);
        break;
      case "stage-finished":
        line(finishedLine(voice, event), true);
        break;
      case "epoch":
        if (redrawn && (options.everyEpoch === true || event.record.findings.some(isNew(told)))) line("", false);
        if (options.everyEpoch === true) line(epochLine(voice, event), true);
        for (const finding of event.record.findings.filter(isNew(told))) {
          told.add(keyOf(finding));
          line(`    ${paint(voice, "yellow", "!")} ${finding.message}; ${finding.remedy}`, true);
        }
        break;
      case "note":
        if (redrawn) line("", false);
        line(`    ${paint(voice, "dim", event.text)}`, true);
        break;
      default:
        event satisfies never;
    }
  };
}

// ---------------------------------------------------------------------------------------------------------------------

function progressLine(voice: Voice, title: string, progress: Progress, rate: number): string {
  const { done, total, unit, note } = progress;
  const eta = rate === 0 ? "" : ` · ETA ${formatDuration((total - done) / rate)}`;
  const speed =
    rate === 0 ? "" : ` · ${rate >= 10 ? Math.round(rate).toLocaleString("en-US") : rate.toFixed(1)} ${unit}/s`;
  const remarkText = note === undefined ? "" : ` · ${note}`;
  const bar = progressBar(total === 0 ? 1 : done / total, 16);
  const text = `  ${paint(voice, "cyan", "▸")} ${title.padEnd(22)} ${bar} ${Math.round(done)}/${total}${speed}${eta}${remarkText}`;
  const width = stderr.isTTY ? (stderr.columns ?? 100) : Number.POSITIVE_INFINITY;
  return text.length - (voice.color ? 9 : 0) > width ? `${text.slice(0, width - 1 + (voice.color ? 9 : 0))}…` : text;
}

type Epoch = Extract<ExperimentEvent, { type: "epoch" }>;
type Finding = Epoch["record"]["findings"][number];

function keyOf({ code, layer }: Finding): string {
  return `${code} ${layer ?? ""}`;
}

/** A finding is told once, not every epoch anew. */
function isNew(told: ReadonlySet<string>): (finding: Finding) => boolean {
  return (finding) => !told.has(keyOf(finding));
}

function epochLine(voice: Voice, { record, epochCount }: Epoch): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { validationAccuracy: validation } = record;
  const parts = [
    `loss ${record.loss.toFixed(4)}`,
    `train ${percent(record.trainAccuracy)}`,
    ...(validation === undefined ? [] : [`validation ${percent(validation)}`]),
    `spike rates ${record.spikeRates.map(percent).join(", ")}`,
    `dead ${record.deadNeurons.join(", ")}`,
    `saturated ${record.saturatedNeurons.join(", ")}`,
  ];
  return `    ${paint(voice, "dim", `epoch ${record.epoch}/${epochCount}`)}  ${parts.join(" · ")}`;
}

function finishedLine(voice: Voice, event: Extract<ExperimentEvent, { type: "stage-finished" }>): string {
  const mark = paint(voice, "green", "✓");
  const how = event.reused ? paint(voice, "dim", "reused") : formatDuration(event.seconds);
  const why = event.reused || event.reason === "first time" ? "" : paint(voice, "dim", ` (${event.reason})`);
  return `  ${mark} ${event.title.padEnd(22)} ${event.summary}  ${how}${why}`;
}
