// A design as a folder that stands alone: SystemVerilog, memory images, and what it is to be compared with. `lacuna verify` and
// `lacuna synth` need nothing else.

import { UserError } from "../base/index.ts";
import type { Mapping } from "../hardware/family/index.ts";
import { families } from "../hardware/family/index.ts";
import {
  packNetwork,
  runGoldenFast,
  unpackNetwork,
  type EventTrace,
  type PackedNetwork,
} from "../hardware/golden/index.ts";
import type { RtlDesign } from "../hardware/rtl/index.ts";
import { targetByName } from "../hardware/target/index.ts";
import type { Files } from "../platform/index.ts";
import { decodeArtifact, encodeArtifact } from "../runs/index.ts";

/** A design with the golden trace of some samples. */
export interface SavedDesign {
  readonly mapping: Mapping;
  readonly design: RtlDesign;
  readonly trace: EventTrace;
}

const goldenFile = "golden.lacuna";
const fileListFile = "files.json";

export async function saveDesign(files: Files, folder: string, saved: SavedDesign): Promise<void> {
  for (const { name, text } of saved.design.files) await files.write(`${folder}/${name}`, text);
  const { files: _, ...rest } = saved.design;
  const names = saved.design.files.map(({ name }) => name);
  await files.write(
    `${folder}/${fileListFile}`,
    `${JSON.stringify({ top: rest.top, core: rest.core, files: names }, undefined, 2)}\n`,
  );
  const { network, choice, target } = saved.mapping;
  await files.write(
    `${folder}/${goldenFile}`,
    encodeArtifact({
      kind: "golden",
      network: packNetwork(network),
      choice,
      target: target.name,
      design: rest,
      trace: saved.trace,
    }),
  );
}

/**
 * Read a design folder as it lies there, edits included.
 * @throws `design/incomplete`, `artifact/damaged`, `design/golden-differs` when the stored trace is not what the stored network does
 */
export async function loadDesign(files: Files, folder: string): Promise<SavedDesign> {
  const goldenPath = `${folder}/${goldenFile}`;
  const listPath = `${folder}/${fileListFile}`;
  for (const path of [goldenPath, listPath]) {
    if (await files.exists(path)) continue;
    throw new UserError("design/incomplete", `${folder}: there is no ${path.slice(folder.length + 1)}`, {
      path: folder,
      hint: "give a folder that `lacuna rtl` or `lacuna codesign` wrote",
    });
  }
  const golden = decodeArtifact(await files.read(goldenPath), goldenPath) as {
    readonly network: PackedNetwork;
    readonly choice: Mapping["choice"];
    readonly target: string;
    readonly design: Omit<RtlDesign, "files">;
    readonly trace: EventTrace;
  };
  const list = JSON.parse(await files.readText(listPath, { maxBytes: 1_000_000 })) as {
    readonly files: readonly string[];
  };
  const contents = await Promise.all(
    list.files.map(async (name) => {
      if (!/^[A-Za-z][A-Za-z0-9_]*\.(sv|hex|h|md)$/.test(name)) {
        throw new UserError("design/incomplete", `${listPath}: "${name}" is no file of a design`, { path: listPath });
      }
      return { name, text: await files.readText(`${folder}/${name}`) };
    }),
  );
  const network = unpackNetwork(golden.network);
  const again = runGoldenFast(network, golden.trace.input);
  const same = again.layers.every((train, l) =>
    train.words.every((word, i) => word === golden.trace.layers[l]?.words[i]),
  );
  if (!same) {
    throw new UserError(
      "design/golden-differs",
      `${goldenPath}: the stored spikes are not what the stored network does`,
      {
        path: goldenPath,
        exit: "not-met",
        hint: "write the design again",
      },
    );
  }
  const mapping = families[golden.choice.family].map(network, golden.choice, targetByName(golden.target));
  return { mapping, design: { ...golden.design, files: contents }, trace: golden.trace };
}
