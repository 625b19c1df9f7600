// Does verification notice small faults of the hardware? Puts seeded faults into generated designs and verifies each against golden
// spikes and exact cycles, then under random back-pressure with registers that power up at random, then on many more samples: `npm run test:mutants`. `--limit N` (default 500), `--seed N` (default
// 1), `--minutes N` stops early, `--json FILE`; exit 4 when fewer than 98 % of the elaborated, not equivalent mutants are detected.
import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { assert, assertDefined, randomStream, ToolError } from "../src/base/index.ts";
import { prepareShape, shapeCases, type ShapeCase } from "../src/hardware/family/conformance-shapes.ts";
import {
  applyMutation,
  elaborateNetlist,
  elaboratePlain,
  isEquivalent,
  simulatorOf,
  mutationsOf,
  verifyDesign,
  type Mutation,
  type Netlist,
  type RtlDesign,
  type VerifyOptions,
} from "../src/hardware/rtl/index.ts";
import { denseLayer } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { textTable } from "../src/report/index.ts";

type Result =
  | "detected"
  /** The netlist is the same cell by cell, or a SAT solver proves that nobody outside can tell. */
  | "equivalent"
  | "survived"
  /** Yosys or the simulator refuses it, or it takes longer than `patience`. */
  | "not elaborated";

interface Subject {
  readonly name: string;
  readonly options: VerifyOptions;
  /** The same design with many samples. */
  readonly thorough: VerifyOptions;
  /** In the order in which they are tried. */
  readonly mutations: readonly Mutation[];
  readonly netlist: Netlist;
}

interface Mutant extends Mutation {
  readonly design: string;
  readonly result: Result;
  /** What verification, or the tool, said. */
  readonly why: string;
}

const thoroughSamples = 400;
/** Milliseconds for one elaboration. */
const patience = 30_000;
const needed = 0.98;

const hidden = denseLayer("hidden", { inputCount: 60, neuronCount: 9 }, neuronSpec("lif", { threshold: 0.8 }));
const known = (name: string): ShapeCase => assertDefined(shapeCases[name], name);
const designs: Readonly<Record<string, ShapeCase>> = {
  "dense rows, 4 + 2 lanes": { layers: [hidden], lanes: [4, 2] },
  "blocks, 2 + 1 lanes": { layers: [hidden], lanes: [2, 1], choice: { weightStorage: "blocks" } },
  "dense baseline": { layers: [hidden], lanes: [3, 5], choice: { family: "dense" } },
  ...Object.fromEntries(
    [
      "one lane, stride 2",
      "groups of channels",
      "a bias per channel",
      "the largest current of a window",
      "two convolutions with a union between, compressed dense rows",
      "a union before a dense layer",
      "a recurrent layer, all lanes",
      "a recurrent layer of the dense family",
    ].map((name) => [name, known(name)]),
  ),
};

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const limit = Number(flag("--limit") ?? 500);
const seed = Number(flag("--seed") ?? 1);
const minutes = Number(flag("--minutes") ?? Number.POSITIVE_INFINITY);
const started = performance.now();

const subjects: Subject[] = [];
for (const [name, item] of Object.entries(designs).slice(0, limit)) subjects.push(await openSubject(name, item));
const mutants: Mutant[] = [];
const begun = performance.now();
for (let i = 0; i < limit && performance.now() - started < minutes * 60_000; i++) {
  const subject = assertDefined(subjects[i % subjects.length], "subject");
  const mutation = subject.mutations[Math.floor(i / subjects.length)];
  if (mutation === undefined) continue;
  mutants.push({ ...mutation, design: subject.name, ...(await judge(subject, mutation)) });
  showProgress();
}
report();
process.exit();

// ---------------------------------------------------------------------------------------------------------------------

async function openSubject(name: string, item: ShapeCase): Promise<Subject> {
  const options = prepareShape(name, item);
  const { platform, design } = options;
  const netlist = await elaborateNetlist(platform, design.files, design.core);
  const subject = { name, options, thorough: prepareShape(name, item, thoroughSamples), netlist };
  const why = await detect(subject, design, netlist);
  assert(why === undefined, `${name}: the design without a fault must pass, got "${why}"`);
  return { ...subject, mutations: draw(mutationsOf(design), name) };
}

/** Operators take turns, so that the many bits of memories do not crowd out the rest. */
function draw(all: readonly Mutation[], name: string): Mutation[] {
  const random = randomStream(seed, `mutants of ${name}`);
  const shuffled = random.shuffle([...all]);
  const groups = random.shuffle([...Map.groupBy(shuffled, ({ operator }) => operator).values()]);
  const longest = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => groups.flatMap((group) => group.slice(i, i + 1))).flat();
}

/** What verification says first; undefined when it notices nothing. */
async function detect(
  { options, thorough }: Pick<Subject, "options" | "thorough">,
  design: RtlDesign,
  netlist: Netlist,
): Promise<string | undefined> {
  const compiled = simulatorOf(netlist);
  for (const run of [options, { ...options, backPressureSeed: 5, powerUpSeed: 7 }, { ...thorough, powerUpSeed: 8 }]) {
    const { mismatch } = await verifyDesign({ ...run, design, compiled });
    if (mismatch !== undefined) return mismatch.what;
  }
  return undefined;
}

async function judge(subject: Subject, mutation: Mutation): Promise<Pick<Mutant, "result" | "why">> {
  const design = applyMutation(subject.options.design, mutation);
  try {
    const signal = AbortSignal.timeout(patience);
    const netlist = await elaborateNetlist(subject.options.platform, design.files, design.core, signal);
    if (isDeepStrictEqual(bare(netlist), bare(subject.netlist))) return { result: "equivalent", why: "same netlist" };
    const why = await detect(subject, design, netlist);
    if (why !== undefined) return { result: "detected", why };
    return (await isProvenEquivalent(subject, design))
      ? { result: "equivalent", why: "proven by SAT" }
      : { result: "survived", why: "" };
  } catch (error) {
    if (error instanceof ToolError) return { result: "not elaborated", why: error.code };
    if (error instanceof DOMException && error.name === "TimeoutError") {
      return { result: "not elaborated", why: `longer than ${patience / 1000} s` };
    }
    throw error;
  }
}

async function isProvenEquivalent({ options }: Subject, design: RtlDesign): Promise<boolean> {
  const { platform } = options;
  const signal = AbortSignal.timeout(4 * patience);
  const plain = ({ files, core }: RtlDesign): Promise<Netlist> => elaboratePlain(platform, files, core, signal);
  return isEquivalent(platform, await plain(options.design), await plain(design), signal);
}

/** What a netlist does, without attributes such as source lines. */
function bare({ ports, cells }: Netlist): unknown {
  return {
    ports: Object.entries(ports).map(([name, { direction, bits }]) => [name, direction, bits]),
    cells: cells.map(({ type, connections, parameters }) => [type, parameters, connections]),
  };
}

function count(result: Result, among: readonly Mutant[] = mutants): number {
  return among.filter((mutant) => mutant.result === result).length;
}

function showProgress(): void {
  if (mutants.length % 20 !== 0) return;
  const each = (performance.now() - begun) / mutants.length / 1000;
  const left = Math.min((limit - mutants.length) * each, minutes * 60 - (performance.now() - started) / 1000);
  const figures = `${count("detected")} detected, ${count("survived")} survived`;
  console.error(
    `${mutants.length} of ${limit} mutants, ${figures}; ${each.toFixed(2)} s each, ${Math.ceil(left)} s left`,
  );
}

function report(): void {
  const results = ["detected", "equivalent", "survived", "not elaborated"] as const;
  const rows = [...Map.groupBy(mutants, ({ operator }) => operator)].map(([operator, among]) => [
    operator,
    String(among.length),
    ...results.map((result) => String(count(result, among))),
  ]);
  console.log(
    textTable(
      ["operator", "mutants", ...results].map((title) => ({ title })),
      rows,
    ),
  );
  const survivors = mutants.filter(({ result }) => result === "survived");
  for (const { design, file, line, operator, before, after } of survivors) {
    console.log(
      `survived: ${design}: ${file}:${line}: ${operator}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`,
    );
  }
  const detected = count("detected");
  const total = detected + survivors.length;
  const share = total === 0 ? 0 : detected / total;
  console.log(
    `${mutants.length} of ${limit} mutants run over ${subjects.length} designs, seed ${seed}: ${detected} of ${total} that differ ` +
      `are detected (${(share * 100).toFixed(1)} %, needed ${needed * 100} %); ${count("equivalent")} equivalent, ` +
      `${count("not elaborated")} not elaborated; ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  const target = flag("--json");
  if (target !== undefined) writeFileSync(target, `${JSON.stringify({ seed, limit, share, mutants }, undefined, 2)}\n`);
  process.exitCode = share >= needed ? 0 : 4;
}
