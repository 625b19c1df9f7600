import { suggestName, UserError } from "../base/index.ts";
import {
  nirOfNetwork,
  readNir,
  repairNir,
  repairs,
  soundGraph,
  withNote,
  writeNir,
  type RepairName,
} from "../model/nir/index.ts";
import type { Platform } from "../platform/index.ts";
import { chooseDiscretization, importNir, isHdf5, readNirFile, type ImportOptions } from "./import-nir.ts";
import { loadModel, saveModel } from "./model-file.ts";

export interface Conversion {
  /** What was repaired, assumed or converted, one sentence each. */
  readonly changes: readonly string[];
  /** Repairs that the file asks for and nobody allowed. */
  readonly offered: readonly RepairName[];
}

/**
 * Between NIR and our own model files, by the endings. Nothing is repaired without being named.
 * @param wanted  Names of repairs, or "all".
 * @throws `convert/unknown-format`, `convert/unknown-repair` (exit "usage"), `nir/step-needed`
 */
export async function convertModel(
  platform: Platform,
  from: string,
  to: string,
  options: ImportOptions & { readonly wanted: readonly string[] },
): Promise<Conversion> {
  const wanted = repairNames(options.wanted);
  const isNir = isHdf5(await platform.files.read(from));
  if (to.endsWith(".nir")) {
    return isNir ? copyNir(platform, from, to, options, wanted) : exportNir(platform, from, to, options);
  }
  if (!to.endsWith(".lacuna")) {
    throw new UserError("convert/unknown-format", `${to}: expected a name that ends in .nir or .lacuna`, {
      exit: "usage",
    });
  }
  if (!isNir) {
    await saveModel(platform.files, to, await loadModel(platform.files, from));
    return { changes: [], offered: [] };
  }
  const { model, notes } = await importNir(platform, from, options);
  await saveModel(platform.files, to, model);
  return { changes: notes, offered: [] };
}

// ---------------------------------------------------------------------------------------------------------------------

function repairNames(wanted: readonly string[]): RepairName[] {
  const known = Object.keys(repairs) as RepairName[];
  if (wanted.includes("all")) return known;
  return wanted.map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found !== undefined) return found;
    throw new UserError(
      "convert/unknown-repair",
      `no repair is called "${name}"; ${suggestName(name, [...known, "all"])}`,
      { exit: "usage" },
    );
  });
}

async function copyNir(
  platform: Platform,
  from: string,
  to: string,
  options: ImportOptions,
  wanted: readonly RepairName[],
): Promise<Conversion> {
  const { graph, findings } = await readNirFile(platform, from);
  const sound = soundGraph({ graph, findings }, from);
  const repaired = repairNir(sound, wanted);
  const changes = [...repaired.changes];
  let result = repaired.graph;
  if (options.dialect !== undefined) {
    const { dialect, stepSeconds, reset } = chooseDiscretization(sound, from, options).discretization;
    result = {
      ...result,
      metadata: withNote(result.metadata, { dialect, stepSeconds, reset, stepCount: options.stepCount }),
    };
    changes.push(
      `metadata: dialect ${dialect}, dt ${stepSeconds} s${reset === undefined ? "" : `, reset ${reset}`} written`,
    );
  }
  const bytes = await platform.hdf5.write(writeNir(result));
  await platform.files.write(to, bytes);
  const offered = new Set(
    readNir(await platform.hdf5.read(bytes, to), to).findings.flatMap(({ repair }) =>
      repair === undefined ? [] : [repair],
    ),
  );
  return { changes, offered: [...offered] };
}

async function exportNir(platform: Platform, from: string, to: string, options: ImportOptions): Promise<Conversion> {
  const { network, config } = await loadModel(platform.files, from);
  if (options.stepSeconds === undefined) {
    const hint = `${options.command ?? "lacuna convert"} --dt 1e-3`;
    throw new UserError("nir/step-needed", `${from}: NIR's time constants are in seconds; say how long a step is`, {
      hint,
    });
  }
  const { graph, notes } = nirOfNetwork(network, options.stepSeconds, JSON.stringify(config));
  await platform.files.write(to, await platform.hdf5.write(writeNir(graph)));
  const noted = "dialect, dt, steps, readout and the experiment document are in the metadata";
  return { changes: [...notes, noted], offered: [] };
}
