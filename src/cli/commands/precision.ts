import type { PrecisionReport } from "../../experiment/index.ts";
import { UserError } from "../../base/index.ts";
import type { CommandDefinition } from "../command.ts";
import { countOption } from "../count-option.ts";
import { print, stageView, voiceOf } from "../terminal.ts";
import { packageFolder } from "../whole-path.ts";

export const precisionCommand: CommandDefinition = {
  name: "precision <model>",
  summary:
    "post-training quantization: calibration, sensitivity by layer, mixed bits in a budget, widths of potentials and decays",
  example: "lacuna precision model.lacuna --bits 4 --budget 3 --write mixed.lacuna",
  configure: (command) =>
    command
      .option("--data-folder <folder>", "where the data lies now")
      .option("--bits <count>", "bits of a weight, 1…16", "4")
      .option("--asymmetric", "grids with a zero point")
      .option("--per-channel", "a scale for each neuron or output channel, whole bits from one another")
      .option("--power-of-two", "scales are powers of two")
      .option("--range <kind>", "leastError, extremes or threeSigma", "leastError")
      .option("--budget <bits>", "also choose bits by layer: so many per weight on average")
      .option("--samples <count>", "validation samples to judge by", "500")
      .option("--write <model>", "write the quantized model"),
  run: async ([file = ""], options, signal) => {
    const voice = voiceOf(options);
    const { precisionOf } = await import("../../experiment/index.ts");
    const { nodePlatform } = await import("../../platform/node/index.ts");
    const found = await precisionOf({
      platform: nodePlatform,
      packageFolder,
      file,
      dataFolder: options["dataFolder"] === undefined ? undefined : String(options["dataFolder"]),
      scheme: {
        bits: countOption(options, "bits"),
        symmetry: options["asymmetric"] === true ? "asymmetric" : "symmetric",
        per: options["perChannel"] === true ? "channel" : "tensor",
        scale: options["powerOfTwo"] === true ? "powerOfTwo" : options["perChannel"] === true ? "shifted" : "free",
        range: rangeOf(String(options["range"])),
      },
      sampleCount: countOption(options, "samples"),
      budget: options["budget"] === undefined ? undefined : Number(options["budget"]),
      target: options["write"] === undefined ? undefined : String(options["write"]),
      signal,
      onEvent: stageView(voice, nodePlatform.clock.monotonic),
    });
    if (voice.json) print(JSON.stringify(found));
    else for (const line of await linesOf(found)) print(line);
    return 0;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

const ranges = ["leastError", "extremes", "threeSigma"] as const;

function rangeOf(name: string): (typeof ranges)[number] {
  const found = ranges.find((range) => range === name);
  if (found !== undefined) return found;
  throw new UserError("usage/flag", `--range ${name}: expected one of ${ranges.join(", ")}`, { exit: "usage" });
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

async function linesOf(found: PrecisionReport): Promise<string[]> {
  const { textTable } = await import("../../report/index.ts");
  const right = (title: string) => ({ title, align: "right" as const });
  const { calibrated, golden, mixed, scheme, sensitivities } = found;
  const byLayer = textTable(
    [
      { title: "layer" },
      right("spikes that differ"),
      right("calibrated"),
      ...["bias: ties away", "to even", "up", "floor"].map(right),
      right("rms error"),
      ...(sensitivities[0]?.choices ?? []).map(({ bits }) => right(`${bits} bit alone`)),
    ],
    calibrated.layers.map((layer, l) => {
      const rounding = found.rounding[l];
      const bias = (value: number | undefined): string => (value === undefined ? "" : (value * 100).toFixed(2));
      return [
        layer.layer,
        percent(layer.before),
        percent(layer.after),
        ...(["away", "even", "up", "floor"] as const).map((rule) => bias(rounding?.rules[rule].bias)),
        bias(rounding?.rules.away.rootMeanSquare),
        ...(sensitivities[l]?.choices ?? []).map(({ accuracy }) => percent(accuracy)),
      ];
    }),
  ).trimEnd();
  return [
    `accuracy on ${found.sampleCount} validation samples: float ${percent(found.floatAccuracy)}, ${scheme.bits} bit after training ${percent(calibrated.accuracy)}`,
    "",
    byLayer,
    "bias and error in % of the mean weight magnitude; accuracy with that layer alone quantized",
    shiftLine(found.shifts),
    ...(mixed === undefined
      ? []
      : [`mixed ${mixed.bits.join("-")} bit, ${mixed.totalBits} bits of weights: ${percent(mixed.accuracy)}`]),
    ...(golden === undefined ? ["no integers for this network: see lacuna rtl"] : goldenLines(golden)),
  ];
}

/** What potentials gain or lose where a coefficient's fraction is dropped. */
function shiftLine({ bits, biases }: PrecisionReport["shifts"]): string {
  const names = { away: "ties away", even: "to even", up: "up", floor: "floor" } as const;
  const parts = (["away", "even", "up", "floor"] as const).map((rule) => `${names[rule]} ${biases[rule].toFixed(4)}`);
  return `bias of a potential per dropped fraction of ${bits} bits, in its last bit: ${parts.join("   ")}`;
}

function goldenLines({
  accuracy,
  potentials,
  coefficients,
  flooring,
}: NonNullable<PrecisionReport["golden"]>): string[] {
  const row = (widths: typeof potentials): string =>
    widths.map((w) => `${w.bits}: ${w.accuracy === undefined ? (w.refused ?? "") : percent(w.accuracy)}`).join("   ");
  return [
    "",
    `golden model ${percent(accuracy)}; rounding down everywhere ${percent(flooring)}`,
    `  bits of a potential            ${row(potentials)}`,
    `  bits of a decay's fraction     ${row(coefficients)}`,
  ];
}
