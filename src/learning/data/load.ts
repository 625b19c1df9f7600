import { suggestName, UserError } from "../../base/index.ts";
import type { Files } from "../../platform/index.ts";
import { readBraille } from "./braille.ts";
import type { Dataset } from "./dataset.ts";
import { readDigits } from "./digits.ts";
import { fashionOrigin, loadIdxDataset, mnistOrigin } from "./idx-dataset.ts";
import { loadNmnist } from "./nmnist.ts";

export type DatasetName = "digits" | "mnist" | "fashion-mnist" | "nmnist" | "braille";

/** Every data set by name: how it is read from a folder. */
const loaders: Readonly<Record<DatasetName, (files: Files, folder: string) => Promise<Dataset>>> = {
  digits: async (files, folder) => {
    const path = `${folder}/digits.csv.gz`;
    return readDigits(await files.read(path), path);
  },
  mnist: (files, folder) => loadIdxDataset(files, folder, mnistOrigin),
  "fashion-mnist": (files, folder) => loadIdxDataset(files, folder, fashionOrigin),
  nmnist: loadNmnist,
  braille: async (files, folder) => {
    const path = `${folder}/braille.npz`;
    return readBraille(await files.read(path), path);
  },
};

/** Read a data set. @throws `data/unknown`, and what its reader throws */
export async function loadDataset(files: Files, name: string, folder: string): Promise<Dataset> {
  if (!Object.hasOwn(loaders, name)) {
    throw new UserError("data/unknown", `no data set is called "${name}"; ${suggestName(name, Object.keys(loaders))}`);
  }
  return loaders[name as DatasetName](files, folder);
}
