// Where the bits of a netlist live. A cell's output is cut into chunks of at most 32 bits, at the places where others read
// slices of it, so that a lane of a wide memory word becomes one number.

import { ToolError } from "../../base/index.ts";
import type { NetBit, NetCell, Netlist } from "./netlist.ts";

/** Bits `start`…`start + width − 1` of a driver, held by variable `name`. */
export interface Chunk {
  readonly name: string;
  readonly start: number;
  readonly width: number;
}

export interface Driver {
  /** Undefined for an input port. */
  readonly cell: NetCell | undefined;
  readonly bits: readonly NetBit[];
  readonly chunks: readonly Chunk[];
}

export interface Layout {
  readonly drivers: readonly Driver[];
  /** Input ports by name, in the order of the netlist. */
  readonly inputs: ReadonlyMap<string, Driver>;
  readonly byCell: ReadonlyMap<NetCell, Driver>;
  /** Which chunk holds a net bit, and where in it. */
  readonly place: ReadonlyMap<number, { readonly chunk: Chunk; readonly offset: number }>;
}

/** The port that a cell drives. */
export function outputPort(cell: NetCell): string {
  if (cell.type === "$mem_v2") return "RD_DATA";
  return cell.connections["Q"] === undefined ? "Y" : "Q";
}

/** Cells whose output bit i depends only on bit i of the listed inputs (and on selects). */
const bitwise: Readonly<Record<string, readonly string[]>> = {
  $mux: ["A", "B"],
  $and: ["A", "B"],
  $or: ["A", "B"],
  $xor: ["A", "B"],
  $not: ["A"],
  $pos: ["A"],
  $dff: ["D"],
  $dffe: ["D"],
  $sdff: ["D"],
  $sdffe: ["D"],
  $sdffce: ["D"],
  $adff: ["D"],
  $adffe: ["D"],
};

export function layOut(netlist: Netlist): Layout {
  const open = collectDrivers(netlist);
  const origin = new Map<number, { readonly driver: OpenDriver; readonly index: number }>();
  for (const driver of open) {
    driver.bits.forEach((bit, index) => {
      if (typeof bit === "number") origin.set(bit, { driver, index });
    });
  }
  cutSlices(netlist, origin);
  spreadCuts(open, origin);
  return assemble(netlist, open);
}

// ---------------------------------------------------------------------------------------------------------------------

interface OpenDriver {
  readonly cell: NetCell | undefined;
  readonly bits: readonly NetBit[];
  /** `cuts[i]`: a chunk starts at bit i. */
  readonly cuts: boolean[];
}

type Origin = ReadonlyMap<number, { readonly driver: OpenDriver; readonly index: number }>;

function collectDrivers(netlist: Netlist): OpenDriver[] {
  const open = (cell: NetCell | undefined, bits: readonly NetBit[]): OpenDriver => {
    const cuts = bits.map((_, i) => i === 0);
    if (cell?.type === "$mem_v2") cutPorts(cell, cuts);
    return { cell, bits, cuts };
  };
  const inputs = Object.values(netlist.ports).filter(({ direction }) => direction === "input");
  return [
    ...inputs.map(({ bits }) => open(undefined, bits)),
    ...netlist.cells.map((cell) => {
      const bits = cell.connections[outputPort(cell)];
      if (bits !== undefined) return open(cell, bits);
      throw new ToolError("rtl/unsupported-cell", `the simulator does not know cell ${cell.type}`, {
        command: "simulator",
        exit: "unsupported",
      });
    }),
  ];
}

/** Read ports of a memory lie behind each other in one vector. */
function cutPorts(cell: NetCell, cuts: boolean[]): void {
  const width = Number.parseInt(cell.parameters["WIDTH"] ?? "0", 2);
  for (let i = 0; i < cuts.length; i += width) cuts[i] = true;
}

/** Cut every driver where an input of a cell, or an output port, starts or ends a slice of it. */
function cutSlices(netlist: Netlist, origin: Origin): void {
  const readers = [
    ...netlist.cells.flatMap((cell) => {
      const output = outputPort(cell);
      const wide = (cell.connections[output]?.length ?? 0) > 32 && bitwise[cell.type] !== undefined;
      return Object.entries(cell.connections)
        .filter(([port]) => port !== output && !(wide && bitwise[cell.type]?.includes(port)))
        .map(([, bits]) => bits);
    }),
    ...Object.values(netlist.ports)
      .filter(({ direction }) => direction === "output")
      .map(({ bits }) => bits),
  ];
  for (const bits of readers) {
    bits.forEach((bit, i) => {
      const here = typeof bit === "number" ? origin.get(bit) : undefined;
      const previous = bits[i - 1];
      const before = typeof previous === "number" ? origin.get(previous) : undefined;
      const continues = here !== undefined && before?.driver === here.driver && before.index + 1 === here.index;
      if (continues) return;
      if (here !== undefined) here.driver.cuts[here.index] = true;
      if (before !== undefined && before.index + 1 < before.driver.cuts.length) {
        before.driver.cuts[before.index + 1] = true;
      }
    });
  }
}

/** A cut in a bitwise cell's output cuts its inputs as well; repeat until nothing changes. */
function spreadCuts(open: readonly OpenDriver[], origin: Origin): void {
  for (let changed = true, pass = 0; changed && pass < 32; pass++) {
    changed = false;
    for (const { cell, cuts } of open) {
      if (cell === undefined || cuts.length <= 32) continue;
      for (const port of bitwise[cell.type] ?? []) {
        cell.connections[port]?.forEach((bit, i) => {
          const here = typeof bit === "number" ? origin.get(bit) : undefined;
          if (cuts[i] === true && here !== undefined && here.driver.cuts[here.index] !== true) {
            here.driver.cuts[here.index] = true;
            changed = true;
          }
        });
      }
    }
  }
}

function assemble(netlist: Netlist, open: readonly OpenDriver[]): Layout {
  const place = new Map<number, { readonly chunk: Chunk; readonly offset: number }>();
  const byCell = new Map<NetCell, Driver>();
  const drivers = open.map(({ cell, bits, cuts }, index): Driver => {
    const chunks: Chunk[] = [];
    const useCuts = bits.length > 32 || cell?.type === "$mem_v2";
    for (let start = 0; start < bits.length;) {
      let end = start + 1;
      while (end < bits.length && end - start < 32 && cuts[end] !== (useCuts ? true : undefined)) end++;
      chunks.push({ name: `v${index}_${chunks.length}`, start, width: end - start });
      start = end;
    }
    for (const chunk of chunks) {
      for (let i = 0; i < chunk.width; i++) {
        const bit = bits[chunk.start + i];
        if (typeof bit === "number") place.set(bit, { chunk, offset: i });
      }
    }
    const driver = { cell, bits, chunks };
    if (cell !== undefined) byCell.set(cell, driver);
    return driver;
  });
  const names = Object.entries(netlist.ports)
    .filter(([, { direction }]) => direction === "input")
    .map(([name]) => name);
  const inputs = new Map(names.map((name, i) => [name, drivers[i] as Driver]));
  return { drivers, inputs, byCell, place };
}
