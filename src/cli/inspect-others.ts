import type { NirSummary } from "../experiment/index.ts";
import { exitCode } from "../base/index.ts";
import { importOptions } from "./import-options.ts";
import { paint, print, type Voice } from "./terminal.ts";
import { commandPrefix } from "./version.ts";

/** `inspect` for files that are no model files of ours; undefined for those. Returns the exit code. */
export async function inspectOther(
  file: string,
  options: Readonly<Record<string, unknown>>,
  voice: Voice,
): Promise<number | undefined> {
  const { inspectNir, isHdf5 } = await import("../experiment/index.ts");
  const { nodePlatform } = await import("../platform/node/index.ts");
  if (file.endsWith(".onnx")) return inspectAnalog(file, voice);
  if (!isHdf5(await nodePlatform.files.read(file))) return undefined;
  const said = await importOptions(nodePlatform, options, `inspect ${file}`);
  const found = await inspectNir(nodePlatform, file, said);
  const isSound = !found.findings.some(({ severity }) => severity === "error");
  if (voice.json) print(JSON.stringify(found));
  else await printNir(found, file, voice);
  return isSound ? 0 : exitCode("bad-input");
}

async function inspectAnalog(file: string, voice: Voice): Promise<number> {
  const { inspectOnnx } = await import("../experiment/index.ts");
  const { nodePlatform } = await import("../platform/node/index.ts");
  const { textTable } = await import("../report/index.ts");
  const found = await inspectOnnx(nodePlatform, file);
  if (voice.json) {
    print(JSON.stringify(found));
    return 0;
  }
  const count = found.parameterCount.toLocaleString("en-US");
  print(
    `${file}: ONNX, an analog network of ${found.operations.length} operations and ${count} parameters, input ${found.inputShape.join(" × ")}`,
  );
  const columns = [
    { title: "operation" },
    { title: "kind" },
    { title: "reads" },
    { title: "parameters", maxWidth: 200 },
  ];
  print(
    textTable(
      columns,
      found.operations.map(({ name, kind, inputs, parameters }) => [name, kind, inputs.join(", "), parameters]),
    ).trimEnd(),
  );
  return 0;
}

// ---------------------------------------------------------------------------------------------------------------------

async function printNir(found: NirSummary, file: string, voice: Voice): Promise<void> {
  const { textTable } = await import("../report/index.ts");
  const { shownName } = await import("../model/nir/index.ts");
  const plain = (name: string): string => shownName(name).slice(1, -1);
  if (found.recordings.length > 0) {
    print(`${file}: NIR recordings (NIRData), no graph`);
    for (const { node, name, holds } of found.recordings) print(`  ${plain(node)}, ${plain(name)}: ${holds}`);
    return;
  }
  print(
    `${file}: NIR, written by version ${found.version === "" ? "unknown" : found.version}, ${found.nodes.length} nodes`,
  );
  const columns = [
    { title: "node" },
    { title: "type" },
    { title: "gives" },
    { title: "density", align: "right" as const },
    { title: "parameters", maxWidth: 200 },
  ];
  const rows = found.nodes.map(({ name, type, shape, density, parameters }) => [
    plain(name),
    type,
    shape,
    density === undefined ? "" : `${(density * 100).toFixed(1)} %`,
    parameters,
  ]);
  print(textTable(columns, rows).trimEnd());
  if (found.graph.length > 0) print(`\ngraph\n${found.graph.map((line) => `  ${line}`).join("\n")}`);
  if (found.neurons.length > 0) print("\nneurons in this dialect");
  const { supportLines } = await import("../hardware/rtl/index.ts");
  for (const { nodes, neuron, notes, support } of found.neurons) {
    print(`  ${nodes.map(plain).join(", ")}: ${[neuron, ...notes].join("; ")}`);
    for (const line of supportLines(support)) print(`    ${line}`);
  }
  printFindings(found, file, voice);
  if (found.support.length > 0) print("\nwhat can run it");
  for (const { target, verdict, why, fix } of found.support) {
    const color = verdict === "supported" ? "green" : verdict === "converted" ? "yellow" : "red";
    print(`  ${target}: ${paint(voice, color, verdict)}; ${why}`);
    if (fix !== undefined) print(`    ${paint(voice, "cyan", "fix")} ${fix}`);
  }
}

/** Findings of one kind together. */
function printFindings({ findings }: NirSummary, file: string, voice: Voice): void {
  const groups = Map.groupBy(findings, ({ severity, code, message }) => `${severity} ${code} ${message}`);
  if (groups.size > 0) print("\nfindings");
  const isSound = !findings.some(({ severity }) => severity === "error");
  const told = new Set<string>();
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { severity, code, message, hint, repair } = first;
    const paths = group.map(({ path }) => path);
    const shown = paths.length <= 6 ? paths.join(", ") : `${paths.slice(0, 6).join(", ")} and ${paths.length - 6} more`;
    print(`${paint(voice, severity === "error" ? "red" : "yellow", severity)} ${code}  ${shown}: ${message}`);
    const quoted = /^[\w./-]+$/.test(file) ? file : JSON.stringify(file);
    // What is broken must be mended first, and one command mends all findings of a kind.
    const command = `${commandPrefix} convert ${quoted} fixed.nir --repair ${repair}`;
    const fix = hint ?? (repair === undefined || !isSound || told.has(command) ? undefined : command);
    told.add(command);
    if (fix !== undefined) print(`  ${paint(voice, "cyan", "fix")} ${fix}`);
  }
}
