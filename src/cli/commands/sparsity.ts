import type { SparsityReport } from "../../experiment/index.ts";
import type { CommandDefinition } from "../command.ts";
import { configureHardware, hardwareChoice } from "../hardware-options.ts";
import { print, remark, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

type Layer = SparsityReport["layers"][number];

export const sparsityCommand: CommandDefinition = {
  name: "sparsity <model>",
  takesModel: true,
  summary: "every measure of sparsity on the test split: weights, spikes, neurons, operations, load",
  example: "lacuna sparsity sparse.lacuna --lanes 8,2 --svg sparsity.svg",
  configure: (command) => {
    configureHardware(command);
    command
      .option("--samples <count>", "test samples to run (default: all)")
      .option("--data-folder <folder>", "where the data lies now")
      .option("--svg <file>", "draw the spike rates by layer and step");
  },
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { sparsityOf } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const report = await import("../../report/index.ts");
    const found = await sparsityOf({
      platform: nodePlatform,
      packageFolder,
      file,
      dataFolder: options["dataFolder"] === undefined ? undefined : String(options["dataFolder"]),
      sampleCount: options["samples"] === undefined ? undefined : Number(options["samples"]),
      choice: hardwareChoice(options),
      target: String(options["target"]),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) print(JSON.stringify(found));
    else printTables(found, report.textTable);
    if (options["svg"] !== undefined) {
      const map = report.rateMap(found.layers, `test split, ${found.sampleCount} samples`);
      await nodePlatform.files.write(String(options["svg"]), report.svgFile(map));
      remark(voice, `written ${String(options["svg"])}`);
    }
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

const percent = (share: number | undefined): string => (share === undefined ? "–" : `${(share * 100).toFixed(1)} %`);
const whole = (count: number | undefined): string =>
  count === undefined ? "–" : Math.round(count).toLocaleString("en-US");
const shareInterval = ({ mean, low, high }: Layer["activationSparsity"]): string =>
  `${percent(mean)} (${(low * 100).toFixed(1)}…${(high * 100).toFixed(1)})`;

const tables: readonly {
  readonly title: string;
  readonly columns: readonly (readonly [string, (layer: Layer) => string])[];
}[] = [
  {
    title: "weights",
    columns: [
      ["zero", (l) => percent(l.connectionSparsity)],
      ["empty rows", (l) => percent(l.structure.emptyRows)],
      ["empty columns", (l) => percent(l.structure.emptyColumns)],
      ["empty kernels", (l) => percent(l.structure.emptyKernels)],
      ["empty lane groups", (l) => percent(l.structure.emptyBlocks)],
      ["at most of 4", (l) => `${l.structure.nOfM}:4`],
    ],
  },
  {
    title: "spikes",
    columns: [
      ["silent neuron-steps", (l) => shareInterval(l.activationSparsity)],
      [
        "spikes/sample",
        (l) =>
          `${l.spikesPerSample.mean.toFixed(1)} (${l.spikesPerSample.low.toFixed(1)}…${l.spikesPerSample.high.toFixed(1)})`,
      ],
      ["silent steps", (l) => percent(l.temporalSparsity)],
      ["steps that change nothing", (l) => percent(l.restingSteps)],
      ["silent neurons", (l) => shareInterval(l.spatialSparsity)],
    ],
  },
  {
    title: "neurons",
    columns: [
      ["neurons", (l) => String(l.neuronCount)],
      ["dead", (l) => String(l.deadNeurons)],
      ["saturated", (l) => String(l.saturatedNeurons)],
      ["burstiness", (l) => l.burstiness?.toFixed(2) ?? "–"],
      ["resting membranes", (l) => percent(l.membraneSparsity)],
    ],
  },
  {
    title: "synaptic operations per inference",
    columns: [
      ["dense", (l) => whole(l.operations.dense)],
      ["executed", (l) => whole(l.operations.executed)],
      ["effective", (l) => whole(l.operations.effective)],
      ["dense/effective", (l) => `${(l.operations.dense / Math.max(1, l.operations.effective)).toFixed(1)}×`],
      ["busiest lane/mean", (l) => l.loadImbalance.toFixed(2)],
    ],
  },
];

function printTables(found: SparsityReport, textTable: typeof import("../../report/index.ts").textTable): void {
  const { sampleCount, stepCount, accuracy, intervals, hardware } = found;
  print(
    `${found.model}: ${shareInterval(accuracy)} of ${sampleCount} test samples by the golden model, ${stepCount} steps`,
  );
  print(`(low…high): ${intervals}; of the accuracy, 95 % Wilson; executed on: ${hardware}`);
  for (const { title, columns } of tables) {
    print(`\n${title}`);
    const head = columns.map(([name]) => ({ title: name, align: "right" as const }));
    const rows = found.layers.map((layer) => [layer.layer, ...columns.map(([, of]) => of(layer))]);
    print(textTable([{ title: "layer" }, ...head], rows).trimEnd());
  }
  const { cycles, sampleCount: replayed } = found.skipping;
  if (cycles !== undefined) {
    const saved = percent(1 - cycles.skipping / Math.max(1, cycles.plain));
    print(
      `\n${whole(cycles.plain)} cycles per inference; ${whole(cycles.skipping)} (${saved} fewer, estimated: no core does it yet) if steps that change nothing were skipped; first ${replayed} samples`,
    );
  }
  print(`\nall layers: ${found.gain.toFixed(1)} times fewer effective than dense synaptic operations`);
}
