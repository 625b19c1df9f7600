import { UserError } from "../../base/index.ts";
import type { Files } from "../../platform/index.ts";
import type { EventRecording } from "../../model/encoding/index.ts";
import type { Dataset, Split } from "./dataset.ts";
import { unpackZip } from "./unpack.ts";

const side = 34;
/** An event in this row marks an overflow of the sensor's clock. */
const overflowRow = 240;
const overflowMicroseconds = 2 ** 13;

/**
 * Read one recording: 40-bit big-endian events {x 8, y 8, polarity 1, microseconds 23}.
 * @throws `data/truncated`, `data/event-range`
 */
export function readRecording(bytes: Uint8Array, path: string): EventRecording {
  if (bytes.length % 5 !== 0) {
    throw new UserError("data/truncated", `${path}: expected whole events of 5 bytes, got ${bytes.length} bytes`, {
      path,
    });
  }
  const count = bytes.length / 5;
  const times = new Uint32Array(count);
  const x = new Uint16Array(count);
  const y = new Uint16Array(count);
  const polarity = new Uint8Array(count);
  let kept = 0;
  let overflow = 0;
  for (let i = 0; i < count; i++) {
    const [column = 0, row = 0, high = 0, middle = 0, low = 0] = bytes.subarray(5 * i, 5 * i + 5);
    if (row === overflowRow) {
      overflow += overflowMicroseconds;
      continue;
    }
    if (column >= side || row >= side) {
      const message = `${path}: event ${i} lies at (${column}, ${row}), outside ${side}×${side}`;
      throw new UserError("data/event-range", message, { path });
    }
    times[kept] = (((high & 0x7f) << 16) | (middle << 8) | low) + overflow;
    x[kept] = column;
    y[kept] = row;
    polarity[kept++] = high >>> 7;
  }
  return {
    times: times.subarray(0, kept),
    x: x.subarray(0, kept),
    y: y.subarray(0, kept),
    polarity: polarity.subarray(0, kept),
  };
}

/**
 * Read N-MNIST from a folder: the tree `Train|Test/<label>/<id>.bin`, or Train.zip and Test.zip.
 * @throws `data/missing`, `data/label-range`, and what `readRecording` throws
 */
export async function loadNmnist(files: Files, folder: string): Promise<Dataset> {
  return {
    name: "nmnist",
    title: "N-MNIST event recordings, 34×34, two polarities",
    source: "G. Orchard, A. Jayawant, G. Cohen, N. Thakor, 2015, doi:10.3389/fnins.2015.00437",
    license: "CC BY-SA 4.0",
    shape: [2, side, side],
    featureCount: 2 * side * side,
    classCount: 10,
    maxValue: 1,
    train: await loadSplit(files, folder, "Train"),
    test: await loadSplit(files, folder, "Test"),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

async function loadSplit(files: Files, folder: string, name: string): Promise<Split> {
  const archive = `${folder}/${name}.zip`;
  const entries = (await files.exists(archive))
    ? Object.entries(unpackZip(await files.read(archive), archive))
    : await listTree(files, folder, name);
  const samples = entries
    .filter(([path]) => path.endsWith(".bin"))
    .map(([path, bytes]) => ({ path, bytes, ...labelOf(path) }))
    .sort((a, b) => a.id - b.id || a.label - b.label);
  if (samples.length === 0) {
    throw new UserError("data/missing", `${folder}: there is no ${name}.zip and no ${name}/<label>/<id>.bin`, {
      path: folder,
      hint: "unpack N-MNIST here, or give the folder that holds Train and Test",
    });
  }
  return {
    sampleCount: samples.length,
    labels: Uint8Array.from(samples, ({ label }) => label),
    recordings: samples.map(({ path, bytes }) => readRecording(bytes, path)),
  };
}

async function listTree(files: Files, folder: string, name: string): Promise<[string, Uint8Array][]> {
  const found: [string, Uint8Array][] = [];
  for (const label of await files.list(`${folder}/${name}`)) {
    for (const file of await files.list(`${folder}/${name}/${label}`)) {
      const path = `${folder}/${name}/${label}/${file}`;
      if (file.endsWith(".bin")) found.push([path, await files.read(path)]);
    }
  }
  return found;
}

function labelOf(path: string): { readonly label: number; readonly id: number } {
  const [label, file] = path.split("/").slice(-2);
  const id = Number.parseInt(file ?? "", 10);
  if (/^\d$/.test(label ?? "") && Number.isFinite(id)) return { label: Number(label), id };
  throw new UserError("data/label-range", `${path}: expected <label 0…9>/<number>.bin`, { path });
}
