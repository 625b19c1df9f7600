import { UserError } from "../../base/index.ts";
import type { Files } from "../../platform/index.ts";
import type { Dataset, Split } from "./dataset.ts";
import { readIdx } from "./idx.ts";

interface Origin {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly license: string;
}

export const mnistOrigin: Origin = {
  name: "mnist",
  title: "MNIST handwritten digits, 28×28",
  source: "Y. LeCun, C. Cortes, C. Burges",
  license: "CC BY-SA 3.0",
};

export const fashionOrigin: Origin = {
  name: "fashion-mnist",
  title: "Fashion-MNIST, 28×28",
  source: "Zalando Research (H. Xiao, K. Rasul, R. Vollgraf)",
  license: "MIT",
};

/**
 * Read the four idx files of a folder, gzipped or not.
 * @throws `data/missing`, `data/count-mismatch`, `data/label-range`, and what `readIdx` throws
 */
export async function loadIdxDataset(files: Files, folder: string, origin: Origin): Promise<Dataset> {
  const train = await loadSplit(files, folder, "train");
  const test = await loadSplit(files, folder, "t10k");
  const [height = 0, width = 0] = train.size;
  return {
    ...origin,
    shape: [height, width],
    featureCount: height * width,
    classCount: 10,
    maxValue: 255,
    train: train.split,
    test: test.split,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

async function loadSplit(
  files: Files,
  folder: string,
  prefix: string,
): Promise<{ readonly split: Split; readonly size: readonly number[] }> {
  const imageFile = await findFile(files, folder, `${prefix}-images-idx3-ubyte`);
  const labelFile = await findFile(files, folder, `${prefix}-labels-idx1-ubyte`);
  const images = readIdx(await files.read(imageFile), imageFile, 3);
  const labels = readIdx(await files.read(labelFile), labelFile, 1);
  const [count = 0, height = 0, width = 0] = images.sizes;
  if (labels.sizes[0] !== count || count === 0) {
    const message = `${labelFile}: expected ${count} labels, one per image, got ${labels.sizes[0]}`;
    throw new UserError("data/count-mismatch", message, { path: labelFile });
  }
  const bad = labels.data.findIndex((label) => label > 9);
  if (bad >= 0) {
    const message = `${labelFile}: label ${bad} is ${labels.data[bad]}, expected 0…9`;
    throw new UserError("data/label-range", message, { path: labelFile });
  }
  return { split: { sampleCount: count, labels: labels.data, values: images.data }, size: [height, width] };
}

async function findFile(files: Files, folder: string, name: string): Promise<string> {
  for (const candidate of [`${folder}/${name}.gz`, `${folder}/${name}`])
    if (await files.exists(candidate)) return candidate;
  throw new UserError("data/missing", `${folder}: there is no ${name}.gz and no ${name}`, {
    path: folder,
    hint: "the folder must hold the four idx files of the data set",
  });
}
