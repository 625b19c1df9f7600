// Are two versions of a design the same to everyone outside? Both become combinational: a register's value is an input, its next
// value an output, and so are the ports of a memory. Registers of one name share their value; if then every next value, every
// write, every read address and every output agree for all values, they agree for ever (induction over one cycle).

import { ToolError } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { DesignFile } from "./design.ts";
import { MiterBuilder, type Bits } from "./miter.ts";
import { elaborateNetlist, type NetBit, type NetCell, type Netlist } from "./netlist.ts";

/** Passes behind elaboration: registers of read ports belong to their memory, the others are plain. */
const plainRegisters = ["memory_dff", "opt_clean", "dffunmap", "opt_clean"];

/** A netlist for `isEquivalent`. */
export function elaboratePlain(
  platform: Platform,
  files: readonly DesignFile[],
  top: string,
  signal?: AbortSignal,
): Promise<Netlist> {
  return elaborateNetlist(platform, files, top, signal, plainRegisters);
}

/**
 * Whether Yosys' SAT solver proves that `gate` cannot be told from `gold` at its ports, where outputs named `x_…_o` count only
 * while `x_valid_o` is set. False says that it was not proven, not that they differ.
 */
export async function isEquivalent(
  platform: Platform,
  gold: Netlist,
  gate: Netlist,
  signal?: AbortSignal,
): Promise<boolean> {
  const script = "read_json miter.json; opt_expr; opt_merge; opt_clean; sat -timeout 10 -prove differs 0";
  const files = { "miter.json": buildMiter(gold, gate) };
  const { status, log } = await platform.tools.run("yosys", ["-p", script], files, signal);
  if (status !== 0) {
    throw new ToolError("rtl/proof", "Yosys could not prove", { command: "yosys", status, output: log.slice(-4000) });
  }
  return log.includes("no model found: SUCCESS");
}

// ---------------------------------------------------------------------------------------------------------------------

/** A register: its value and its next value, by the name of its net. */
type Registers = ReadonlyMap<string, { readonly value: Bits; readonly next: Bits }>;

function buildMiter(gold: Netlist, gate: Netlist): string {
  const miter = new MiterBuilder();
  const left = miter.add(gold);
  const [goldRegisters, gateRegisters] = [registersOf(gold), registersOf(gate)];
  const [goldMemories, gateMemories] = [memoriesOf(gold), memoriesOf(gate)];
  const shared = new Map<number, NetBit>();
  const share = (bits: Bits = [], as: Bits = []): void => {
    bits.forEach((bit, i) => {
      const other = left(as)[i];
      if (typeof bit === "number" && other !== undefined) shared.set(bit, other);
    });
  };
  for (const [name, { bits, direction }] of Object.entries(gate.ports)) {
    if (direction === "input") share(bits, gold.ports[name]?.bits);
  }
  for (const [name, { value }] of gateRegisters) share(value, goldRegisters.get(name)?.value);
  for (const [name, { connections }] of gateMemories) {
    share(connections["RD_DATA"], goldMemories.get(name)?.connections["RD_DATA"]);
  }
  const right = miter.add(gate, shared);
  const pairs = visibleOutputs(gold, gate, left, right, miter);
  // A register or memory that only one side has must matter to nobody: what depends on it differs.
  for (const [name, { next }] of goldRegisters) {
    const other = gateRegisters.get(name);
    if (other !== undefined) pairs.push([left(next), right(other.next)]);
  }
  for (const [name, cell] of goldMemories) {
    const other = gateMemories.get(name);
    const isSame = JSON.stringify(cell.parameters) === JSON.stringify(other?.parameters);
    pairs.push(...(other !== undefined && isSame ? memoryPairs(cell, other, left, right, miter) : [alwaysApart]));
  }
  miter.output("differs", [miter.anyDiffers(pairs)]);
  return miter.json();
}

const alwaysApart: [Bits, Bits] = [["0"], ["1"]];

/** What memories of the same content must agree on: where they read, whether they write, and then what and where. */
function memoryPairs(
  gold: NetCell,
  gate: NetCell,
  left: (bits: Bits) => Bits,
  right: (bits: Bits) => Bits,
  miter: MiterBuilder,
): [Bits, Bits][] {
  const ports = ["RD_EN", "RD_ADDR", "WR_EN", "WR_ADDR", "WR_DATA"] as const;
  return ports.map((port): [Bits, Bits] => {
    const mine = left(gold.connections[port] ?? []);
    const theirs = right(gate.connections[port] ?? []);
    if (port.endsWith("_EN")) return [mine, theirs];
    // Enables of one port are one signal here: its first bit stands for the port.
    const enables = left(gold.connections[`${port.slice(0, 2)}_EN`] ?? []);
    const flags = mine.map((_, i) => enables[Math.floor((i * enables.length) / mine.length)] ?? "0");
    return [miter.wide("$and", mine, flags), miter.wide("$and", theirs, flags)];
  });
}

/** Outputs, each only while it is valid. */
function visibleOutputs(
  gold: Netlist,
  gate: Netlist,
  left: (bits: Bits) => Bits,
  right: (bits: Bits) => Bits,
  miter: MiterBuilder,
): [Bits, Bits][] {
  return Object.entries(gold.ports).flatMap(([name, { direction, bits }]): [Bits, Bits][] => {
    if (direction !== "output") return [];
    const mine = left(bits);
    const theirs = right(gate.ports[name]?.bits ?? []);
    const valid = gold.ports[name.replace(/_[a-z]+_o$/, "_valid_o")];
    if (valid === undefined || name.endsWith("_valid_o")) return [[mine, theirs]];
    const lane = Math.max(1, Math.floor(bits.length / valid.bits.length));
    const flags = left(mine.map((_, i) => valid.bits[Math.floor(i / lane)] ?? "1"));
    return [[miter.wide("$and", mine, flags), miter.wide("$and", theirs, flags)]];
  });
}

function registersOf(netlist: Netlist): Registers {
  const places = new Map<NetBit, { readonly name: string; readonly index: number }>();
  for (const [name, { bits }] of Object.entries(netlist.names).sort(
    ([x], [y]) => rank(x) - rank(y) || (x < y ? -1 : 1),
  )) {
    bits.forEach((bit, index) => {
      if (!places.has(bit)) places.set(bit, { name, index });
    });
  }
  const found = new Map<string, { index: number; value: NetBit; next: NetBit }[]>();
  for (const { type, connections } of netlist.cells) {
    if (type !== "$dff") continue;
    connections["Q"]?.forEach((value, i) => {
      const { name, index } = places.get(value) ?? { name: `bit ${value}`, index: 0 };
      found.set(name, [...(found.get(name) ?? []), { index, value, next: connections["D"]?.[i] ?? "0" }]);
    });
  }
  return new Map(
    Array.from(found, ([name, bits]) => {
      bits.sort((x, y) => x.index - y.index);
      return [name, { value: bits.map(({ value }) => value), next: bits.map(({ next }) => next) }];
    }),
  );
}

/** A bit with several names goes by that of its register, then by any of the source. */
function rank(name: string): number {
  return name.startsWith("$") ? 2 : name.endsWith("_q") ? 0 : 1;
}

function memoriesOf(netlist: Netlist): ReadonlyMap<string, NetCell> {
  return new Map(
    netlist.cells.filter(({ type }) => type === "$mem_v2").map((cell) => [cell.parameters["MEMID"] ?? "", cell]),
  );
}
