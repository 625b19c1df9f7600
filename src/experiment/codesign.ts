// The main job: data → train → prune and quantize → explore → test → emit → verify → synthesize → place → report. Every stage is
// kept by the hash of what it reads.

import { assertDefined, canonicalJson, formatQuantity, UserError, type Quantity } from "../base/index.ts";
import { wasmBackendOn } from "../compute/index.ts";
import type { PlacementReport, RtlDesign } from "../hardware/rtl/index.ts";
import { targetByName } from "../hardware/target/index.ts";
import { evaluateNetwork } from "../learning/index.ts";
import type { Platform } from "../platform/index.ts";
import {
  derivationCsv,
  frontCsv,
  isUnknown,
  readReportJson,
  renderReport,
  reportJson,
  type ReportData,
} from "../report/index.ts";
import { decodeArtifact, encodeArtifact, openRun } from "../runs/index.ts";
import type { Config } from "./config.ts";
import { saveDesign } from "./design-folder.ts";
import { saveModel } from "./model-file.ts";
import { requireHardware } from "./parse-config.ts";
import { reportData } from "./report-data.ts";
import type { EventListener, Session } from "./session.ts";
import { buildDesign, firstSamples, placeChosen, synthesizeChosen, testChosen, verifyChosen } from "./stages/build.ts";
import { explore, trainBases, type Exploration } from "./stages/explore.ts";
import { batchOptions, loadData, tuneVariant } from "./stages/software.ts";

/** Where a run keeps what its page is drawn from. */
const reportFile = "report.lacuna";

export interface CodesignOptions {
  readonly platform: Platform;
  readonly config: Config;
  readonly runFolder: string;
  readonly outputFolder: string;
  readonly packageFolder: string;
  /** "Lacuna 0.1.0". */
  readonly generator: string;
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
}

export interface CodesignResult {
  readonly report: ReportData;
  /** Files written, by what they are. */
  readonly files: Readonly<Record<string, string>>;
  readonly placement: PlacementReport | undefined;
  readonly design: RtlDesign;
}

/** Run the whole path and write its results to the output folder. */
export async function codesign(options: CodesignOptions): Promise<CodesignResult> {
  const { platform, config, outputFolder } = options;
  requireHardware(config);
  await using run = await openRun(platform, options.runFolder);
  const session: Session = { ...options, run, ledger: [] };
  await platform.files.write(`${options.runFolder}/config.json`, `${canonicalJson(config)}\n`);
  const data = await loadData(session);
  const bases = await trainBases(session, data);
  const exploration = await explore(session, data, bases);
  const { details } = assertDefined(exploration.study.trials[exploration.chosenId], "chosen trial");
  const { stepCount, weightBits, sparsity, choice } = assertDefined(details, "details");
  const base = assertDefined(bases.get(stepCount), "base network");
  const software = await tuneVariant(session, data, base, { stepCount, weightBits, sparsity });
  const test = await testChosen(session, data, software);
  const built = buildDesign(software.integer, choice, targetByName(config.target), test.trace);
  const verification = await verifyChosen(session, built, test);
  const synthesis = await synthesizeChosen(session, built);
  const placement = await placeChosen(session, synthesis);
  const float = await evaluateNetwork({
    network: base.network,
    dataset: data.dataset,
    split: data.dataset.test,
    batch: batchOptions(config, stepCount),
    backend: wasmBackendOn(session.platform.threads),
  });
  const findings = { data, base, exploration, software, test, built, verification, synthesis, placement };
  const report = reportData(session, { ...findings, floatTestAccuracy: float.accuracy }, options.generator);

  await platform.files.write(`${options.runFolder}/${reportFile}`, encodeArtifact(report));
  const files: Record<string, string> = {};
  const write = async (what: string, name: string, content: string | Uint8Array): Promise<void> => {
    files[what] = `${outputFolder}/${name}`;
    await platform.files.write(`${outputFolder}/${name}`, content);
  };
  await write("report", "report.html", renderReport(report));
  await write("report as JSON", "report.json", reportJson(report));
  if (!isUnknown(report.exploration)) await write("designs as CSV", "front.csv", frontCsv(report.exploration));
  if (!isUnknown(report.energy)) await write("energy as CSV", "energy.csv", derivationCsv(report.energy.derivations));
  if (placement !== undefined) await write("bitstream", "design.bin", placement.bitstream);
  files["model"] = `${outputFolder}/model.lacuna`;
  await saveModel(platform.files, files["model"], { kind: "model", network: software.network, config });
  files["SystemVerilog"] = `${outputFolder}/rtl`;
  const sampleCount = Math.min(config.verifySamples ?? 100, 100, test.trace.sampleCount);
  await saveDesign(platform.files, files["SystemVerilog"], {
    mapping: built.mapping,
    design: built.design,
    trace: firstSamples(test.trace, sampleCount),
  });
  return { report, files, placement, design: built.design };
}

/** Draw the page of a finished run, or of a `report.json`, again. @throws `report/no-report`, `report/not-a-report` */
export async function redrawReport(platform: Platform, from: string): Promise<string> {
  const path = from.endsWith(".json") ? from : `${from}/${reportFile}`;
  if (!(await platform.files.exists(path))) {
    throw new UserError("report/no-report", `${from}: there is no report yet`, {
      path: from,
      hint: "finish the run: the same `lacuna codesign` command continues it",
    });
  }
  const bytes = await platform.files.read(path, { maxBytes: 2 ** 28 });
  const data = from.endsWith(".json")
    ? readReportJson(new TextDecoder().decode(bytes), path)
    : (decodeArtifact(bytes, path) as ReportData);
  if (data === undefined) throw new UserError("report/not-a-report", `${path}: expected a report.json`, { path });
  return renderReport(data);
}

/** Train and search only. */
export async function exploreOnly(options: CodesignOptions): Promise<Exploration> {
  requireHardware(options.config);
  await using run = await openRun(options.platform, options.runFolder);
  const session: Session = { ...options, run, ledger: [] };
  const data = await loadData(session);
  return explore(session, data, await trainBases(session, data));
}

/** The headline numbers, each with its kind, for the end of a command. */
export function headlines(
  report: ReportData,
): readonly { readonly name: string; readonly text: string; readonly kind: string; readonly note: string }[] {
  return report.summary.map(({ name, quantity: figure, format, note }) => {
    if (isUnknown(figure)) return { name, text: "unknown", kind: "", note: figure.unknown };
    const value: Quantity = figure;
    const text = format === "percent" ? `${(value.value * 100).toFixed(1)} %` : formatQuantity(value);
    return { name, text, kind: value.kind, note: note ?? "" };
  });
}
