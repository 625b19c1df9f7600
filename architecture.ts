// The architecture as data. `tests/architecture.test.ts` executes it; ARCHITECTURE.md prints it.

export interface District {
  readonly name: string;
  /** Districts that it may import, through `district/…/index.ts`. */
  readonly mayImport: readonly string[];
  /** Rooms from the ground up: a room may import those listed before it. Omitted: one room. */
  readonly rooms?: readonly string[];
  readonly purpose: string;
}

export const districts: readonly District[] = [
  {
    name: "base",
    mayImport: [],
    purpose: "words of the whole code: errors, ranges, quantities, seeded random, hashing",
  },
  {
    name: "platform",
    mayImport: ["base"],
    rooms: ["", "node", "browser"],
    purpose: "the one door outside: files, processes, workers, clock",
  },
  {
    name: "model",
    mayImport: ["base"],
    rooms: ["tensor", "neuron", "network", "encoding", "sparsity", "nir", "onnx"],
    purpose: "what a spiking network is: pure data and functions",
  },
  {
    name: "compute",
    mayImport: ["base", "platform", "model"],
    purpose: "fast arithmetic: the kernel language, the reference, WASM",
  },
  {
    name: "learning",
    mayImport: ["base", "platform", "model", "compute"],
    rooms: ["data", "pruning", "quantization", "training"],
    purpose: "how a network gets its weights; never knows hardware",
  },
  {
    name: "hardware",
    mayImport: ["base", "platform", "model", "compute"],
    rooms: ["golden", "target", "rtl", "family", "cost"],
    purpose: "what runs a network and what that costs; never knows learning",
  },
  {
    name: "runs",
    mayImport: ["base", "platform"],
    purpose: "work that survives a crash: stages, artifacts, checkpoints",
  },
  {
    name: "exploration",
    mayImport: ["base", "platform", "runs"],
    purpose: "which design to choose: space, samplers, front, study; knows nothing of spikes",
  },
  {
    name: "report",
    mayImport: ["base", "model", "hardware", "exploration", "runs"],
    purpose: "tables and figures as text, from plain data",
  },
  {
    name: "experiment",
    mayImport: ["base", "platform", "model", "compute", "learning", "hardware", "runs", "exploration", "report"],
    purpose: "the only place where all meet: one document, its stages, a report",
  },
  {
    name: "cli",
    mayImport: [
      "base",
      "platform",
      "model",
      "compute",
      "learning",
      "hardware",
      "runs",
      "exploration",
      "report",
      "experiment",
    ],
    purpose: "a door, no logic: one file per command",
  },
];

/** Where `node:*` may be imported, beside tests. */
export const nodeImportsAllowed: readonly string[] = ["src/platform/node/", "src/cli/"];

/** Lines of a file: wanted at most 200, never more than this without an entry in `largeFiles`. */
export const maxFileLines = 400;

/** Files that may be larger, each with its reason. */
export const largeFiles: Readonly<Record<string, string>> = {};
