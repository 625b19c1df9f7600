// Builds one combinational netlist out of several, as the JSON that Yosys reads.

import type { NetBit, NetCell, Netlist } from "./netlist.ts";

export type Bits = readonly NetBit[];

interface JsonCell extends NetCell {
  readonly port_directions: Readonly<Record<string, "input" | "output">>;
}

/** Cells whose outputs are cut: they become inputs. */
const cut = new Set(["$dff", "$mem_v2"]);

/** Netlists side by side, with gates between them. */
export class MiterBuilder {
  #next = 2;
  readonly #cells: Record<string, JsonCell> = {};
  readonly #ports: Record<string, { direction: "input" | "output"; bits: NetBit[] }> = {};

  /** Add a netlist without its registers and memories; returns where its bits are. `shared` bits are those of an earlier one. */
  add(netlist: Netlist, shared: ReadonlyMap<number, NetBit> = new Map()): (bits: Bits) => Bits {
    const places = new Map<number, NetBit>(shared);
    const place = (bit: NetBit): NetBit => {
      if (typeof bit !== "number") return bit;
      const known = places.get(bit);
      if (known !== undefined) return known;
      places.set(bit, this.#next);
      return this.#next++;
    };
    const placeAll = (bits: Bits): Bits => bits.map(place);
    const driven = new Set<NetBit>();
    for (const cell of netlist.cells) {
      if (cut.has(cell.type)) continue;
      const connections = Object.fromEntries(
        Object.entries(cell.connections).map(([port, bits]) => [port, placeAll(bits)]),
      );
      for (const bit of connections["Y"] ?? []) driven.add(bit);
      this.#cell(cell.type, cell.parameters, connections);
    }
    // Everything without a driver is free: inputs, values of registers, what memories read.
    const free = [...places.values()].filter((bit) => typeof bit === "number" && !driven.has(bit));
    for (const bit of free) this.#ports[`free${bit}`] = { direction: "input", bits: [bit] };
    return placeAll;
  }

  output(name: string, bits: Bits): void {
    this.#ports[name] = { direction: "output", bits: [...bits] };
  }

  /** Whether any pair differs; a pair of different widths does. */
  anyDiffers(pairs: readonly (readonly [Bits, Bits])[]): NetBit {
    const changed = pairs.filter(([a, b]) => a.length !== b.length || a.some((bit, i) => bit !== b[i]));
    if (changed.some(([a, b]) => a.length !== b.length)) return "1";
    const flat = (side: 0 | 1): Bits => changed.flatMap((pair) => pair[side]);
    return changed.length === 0 ? "0" : this.gate("$ne", flat(0), flat(1));
  }

  /** A cell with one output bit. */
  gate(type: string, a: Bits, b: Bits): NetBit {
    return this.#operator(type, a, b, 1)[0] ?? "0";
  }

  /** A cell bit by bit. */
  wide(type: string, a: Bits, b: Bits): Bits {
    return this.#operator(type, a, b, a.length);
  }

  json(): string {
    return JSON.stringify({
      creator: "lacuna",
      modules: { miter: { attributes: { top: "1" }, ports: this.#ports, cells: this.#cells, netnames: {} } },
    });
  }

  #operator(type: string, a: Bits, b: Bits, width: number): Bits {
    const y = Array.from({ length: width }, () => this.#next++);
    const parameters = {
      A_SIGNED: "0",
      A_WIDTH: binary(a.length),
      B_SIGNED: "0",
      B_WIDTH: binary(b.length),
      Y_WIDTH: binary(width),
    };
    this.#cell(type, parameters, { A: a, B: b, Y: y });
    return y;
  }

  #cell(type: string, parameters: NetCell["parameters"], connections: Record<string, Bits>): void {
    const directions = Object.keys(connections).map((port) => [port, port === "Y" ? "output" : "input"] as const);
    this.#cells[`c${Object.keys(this.#cells).length}`] = {
      type,
      parameters,
      connections,
      port_directions: Object.fromEntries(directions),
    };
  }
}

function binary(value: number): string {
  return value.toString(2).padStart(32, "0");
}
