import { hashValue } from "../base/index.ts";
import type { Platform } from "../platform/index.ts";
import { importNir, isHdf5, type ImportOptions } from "./import-nir.ts";
import { saveModel } from "./model-file.ts";

/**
 * The model file to work on: the file itself, or what a NIR file becomes, kept in `.lacuna/imported` under the hash of the file
 * and of what was said about it.
 * @param onNote  Told what was assumed or converted.
 */
export async function modelFileOf(
  platform: Platform,
  file: string,
  options: ImportOptions,
  onNote: (text: string) => void,
): Promise<string> {
  const bytes = await platform.files.read(file);
  if (!isHdf5(bytes)) return file;
  const { model, notes } = await importNir(platform, file, options);
  for (const note of notes) onNote(note);
  const { command: _, ...said } = options;
  const kept = `.lacuna/imported/${hashValue({ bytes, said }).slice(0, 16)}.lacuna`;
  await saveModel(platform.files, kept, model);
  return kept;
}
