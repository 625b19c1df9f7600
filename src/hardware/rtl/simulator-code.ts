// A netlist as JavaScript. Every identifier is our own (v, m, n with numbers): no name from a file reaches the code.

import { assertDefined, ToolError } from "../../base/index.ts";
import { constantOf, isSigned, number, unsupported } from "./cell.ts";
import { layOut, outputPort, type Chunk, type Driver, type Layout } from "./simulator-layout.ts";
import type { NetBit, NetCell, Netlist } from "./netlist.ts";

/** A memory: its instance path and how its words are cut, chunk k in array k. */
export interface MemoryLayout {
  readonly path: string;
  readonly chunks: readonly { readonly start: number; readonly width: number }[];
}

/** The body of a function that returns `{ input, output, memories, cycle, reset, load }`; see `RtlSimulator`. */
export function simulatorCode(netlist: Netlist): {
  readonly code: string;
  readonly inputs: readonly string[];
  /** Each output port as 32-bit words: its name, and where its words start. */
  readonly outputs: ReadonlyMap<string, { readonly start: number; readonly width: number }>;
  readonly memories: readonly MemoryLayout[];
} {
  return new Printer(netlist).print();
}

// ---------------------------------------------------------------------------------------------------------------------

const registers = new Set(["$dff", "$dffe", "$sdff", "$sdffe", "$sdffce", "$adff", "$adffe"]);

class Printer {
  readonly #netlist: Netlist;
  readonly #layout: Layout;
  readonly #memories = new Map<NetCell, number>();
  readonly #done = new Set<Driver>();
  readonly #busy = new Set<Driver>();
  readonly #owner = new Map<Chunk, Driver>();
  readonly #body: string[] = [];

  constructor(netlist: Netlist) {
    this.#netlist = netlist;
    this.#layout = layOut(netlist);
    for (const driver of this.#layout.drivers) for (const chunk of driver.chunks) this.#owner.set(chunk, driver);
    for (const cell of netlist.cells) if (cell.type === "$mem_v2") this.#memories.set(cell, this.#memories.size);
  }

  print(): ReturnType<typeof simulatorCode> {
    const state = this.#layout.drivers.filter(({ cell }) => cell !== undefined && registers.has(cell.type));
    const stateChunks = state.flatMap(({ chunks }) => chunks);
    const outputs = new Map<string, { readonly start: number; readonly width: number }>();
    const outputLines: string[] = [];
    let words = 0;
    for (const [name, { direction, bits }] of Object.entries(this.#netlist.ports)) {
      if (direction !== "output") continue;
      outputs.set(name, { start: words, width: bits.length });
      for (let at = 0; at < bits.length; at += 32) {
        outputLines.push(`output[${words++}] = ${this.#signal(bits.slice(at, at + 32), 32, false)};`);
      }
    }
    const nexts = state.flatMap((driver) => this.#nextState(driver));
    const writes = [...this.#memories].flatMap(([cell, index]) => this.#memoryWrites(cell, index));
    // Values that registers take must be computed before any register changes.
    const inputNames = [...this.#layout.inputs.keys()];
    const inputLines = inputNames.flatMap((name, i) =>
      assertDefined(this.#layout.inputs.get(name), name).chunks.map(({ name: v, width }) =>
        width === 32 ? `const ${v} = input[${i}] | 0;` : `const ${v} = input[${i}] & ${mask(width)};`,
      ),
    );
    const memories = [...this.#memories.keys()].map((cell): MemoryLayout => ({
      path: (cell.parameters["MEMID"] ?? "").replace(/^\\/, ""),
      chunks: memoryChunks(cell, this.#layout),
    }));
    const code = [
      '"use strict";',
      `const input = new Int32Array(${Math.max(1, inputNames.length)}), output = new Int32Array(${Math.max(1, words)});`,
      ...this.#memoryDeclarations(),
      stateChunks.length === 0 ? "" : `let ${stateChunks.map(({ name }) => `${name} = 0`).join(", ")};`,
      "function cycle() {",
      ...inputLines,
      ...this.#body,
      ...outputLines,
      ...nexts.map(({ name, value }) => `const n${name} = ${value};`),
      ...writes,
      ...nexts.map(({ name }) => `${name} = n${name};`),
      "}",
      `function load(random) { ${this.#memoryResets()} }`,
      `function reset(random) { ${stateChunks.map(powerUp).join(" ")} load(random); }`,
      "reset(() => 0);",
      `const memories = [${memories.map(({ chunks }, m) => `[${chunks.map((_, k) => `m${m}_${k}`).join(", ")}]`).join(", ")}];`,
      "return { input, output, memories, cycle, reset, load };",
    ].join("\n");
    return { code, inputs: inputNames, outputs, memories };
  }

  /** Print what a driver's chunks need first, then the chunks: combinational cells in order of use. */
  #ensure(driver: Driver): void {
    const { cell } = driver;
    if (cell === undefined || registers.has(cell.type) || this.#done.has(driver)) return;
    if (this.#busy.has(driver)) {
      throw new ToolError("rtl/combinational-loop", `a combinational loop runs through cell ${cell.type}`, {
        command: "simulator",
        exit: "not-met",
      });
    }
    this.#busy.add(driver);
    const lines = driver.chunks.map((chunk) => `const ${chunk.name} = ${this.#cell(cell, chunk)};`);
    this.#body.push(...lines);
    this.#busy.delete(driver);
    this.#done.add(driver);
  }

  /** The value of up to 32 bits as an expression, extended to `width` bits. */
  #signal(bits: readonly NetBit[], width: number, signed: boolean): string {
    const parts: string[] = [];
    let constant = 0;
    for (let i = 0; i < bits.length;) {
      const bit = bits[i];
      if (typeof bit !== "number") {
        if (bit === "1") constant |= 1 << i;
        i++;
        continue;
      }
      const at = assertDefined(this.#layout.place.get(bit), `driver of bit ${bit}`);
      let length = 1;
      while (i + length < bits.length && length < at.chunk.width - at.offset) {
        const next = bits[i + length];
        const place = typeof next === "number" ? this.#layout.place.get(next) : undefined;
        if (place?.chunk !== at.chunk || place.offset !== at.offset + length) break;
        length++;
      }
      this.#ensure(assertDefined(this.#owner.get(at.chunk), "owner"));
      parts.push(slice(at.chunk, at.offset, length, i));
      i += length;
    }
    if (constant !== 0 || parts.length === 0) parts.push(String(constant));
    const value = parts.length === 1 ? assertDefined(parts[0], "part") : `(${parts.join(" | ")})`;
    if (!signed || bits.length >= 32 || bits.length >= width) return value;
    const by = 32 - bits.length;
    return `(${value} << ${by} >> ${by})`;
  }

  #cell(cell: NetCell, chunk: Chunk): string {
    const width = cell.connections[outputPort(cell)]?.length ?? 0;
    const port = (name: string): readonly NetBit[] => assertDefined(cell.connections[name], `${cell.type} ${name}`);
    const part = (name: string): readonly NetBit[] => {
      const bits = port(name);
      const extended = (i: number): NetBit =>
        i < bits.length ? (bits[i] ?? "0") : isSigned(cell, name) ? (bits.at(-1) ?? "0") : "0";
      return Array.from({ length: chunk.width }, (_, i) => extended(chunk.start + i));
    };
    const keep = (value: string): string =>
      chunk.width >= 32 ? `(${value}) | 0` : `(${value}) & ${mask(chunk.width)}`;
    switch (cell.type) {
      case "$pos":
        return this.#signal(part("A"), 32, false);
      case "$not":
        return keep(`~${this.#signal(part("A"), 32, false)}`);
      case "$and":
        return `${this.#signal(part("A"), 32, false)} & ${this.#signal(part("B"), 32, false)}`;
      case "$or":
        return `${this.#signal(part("A"), 32, false)} | ${this.#signal(part("B"), 32, false)}`;
      case "$xor":
        return `${this.#signal(part("A"), 32, false)} ^ ${this.#signal(part("B"), 32, false)}`;
      case "$mux":
        return `${this.#boolean(port("S"))} ? ${this.#signal(part("B"), 32, false)} : ${this.#signal(part("A"), 32, false)}`;
      case "$reduce_or":
      case "$reduce_bool":
        return `(${this.#boolean(port("A"))}) ? 1 : 0`;
      case "$logic_not":
        return `(${this.#boolean(port("A"))}) ? 0 : 1`;
      case "$logic_and":
        return `((${this.#boolean(port("A"))}) && (${this.#boolean(port("B"))})) ? 1 : 0`;
      case "$logic_or":
        return `((${this.#boolean(port("A"))}) || (${this.#boolean(port("B"))})) ? 1 : 0`;
      case "$reduce_and":
        return `(${words(port("A"))
          .map((bits) => `${this.#signal(bits, 32, false)} === ${bits.length >= 32 ? -1 : mask(bits.length)}`)
          .join(" && ")}) ? 1 : 0`;
      case "$reduce_xor":
      case "$reduce_xnor":
        return this.#parity(port("A"), cell.type === "$reduce_xnor");
      case "$eq":
      case "$ne":
        return this.#equality(cell);
      case "$mem_v2":
        return this.#memoryRead(cell, chunk);
      default:
        return this.#arithmetic(cell, width, keep);
    }
  }

  /** Cells that work on numbers of at most 32 bits. */
  #arithmetic(cell: NetCell, width: number, keep: (value: string) => string): string {
    const signed = isSigned(cell, "A") && (cell.connections["B"] === undefined || isSigned(cell, "B"));
    const a = cell.connections["A"] ?? [];
    const b = cell.connections["B"] ?? [];
    if (Math.max(width, a.length, b.length) > 32) throw unsupported(cell, "wider than 32 bits");
    const value = (bits: readonly NetBit[], asSigned = signed): string => this.#signal(bits, 32, asSigned);
    const order = (operator: string): string =>
      signed
        ? `(${value(a)} ${operator} ${value(b)}) ? 1 : 0`
        : `((${value(a)} >>> 0) ${operator} (${value(b)} >>> 0)) ? 1 : 0`;
    const by = value(b, false);
    switch (cell.type) {
      case "$add":
        return keep(`${value(a)} + ${value(b)}`);
      case "$sub":
        return keep(`${value(a)} - ${value(b)}`);
      case "$mul":
        return keep(`Math.imul(${value(a)}, ${value(b)})`);
      case "$neg":
        return keep(`-${value(a, isSigned(cell, "A"))}`);
      case "$lt":
        return order("<");
      case "$le":
        return order("<=");
      case "$gt":
        return order(">");
      case "$ge":
        return order(">=");
      case "$shl":
      case "$sshl":
        return keep(`(${by} >>> 0) > 31 ? 0 : ${value(a, isSigned(cell, "A"))} << ${by}`);
      case "$shr":
        return keep(`(${by} >>> 0) > 31 ? 0 : ${this.#extended(a, cell, width)} >>> ${by}`);
      case "$sshr":
        return keep(
          isSigned(cell, "A")
            ? `${value(a, true)} >> Math.min(31, ${by} >>> 0)`
            : `(${by} >>> 0) > 31 ? 0 : ${value(a, false)} >>> ${by}`,
        );
      case "$shift":
      case "$shiftx":
        return keep(shiftEither(value(a, false), value(b, isSigned(cell, "B"))));
      default:
        throw unsupported(cell, "not known");
    }
  }

  /** A, extended to the width of Y as its sign says, cut to that width: what a logical right shift sees. */
  #extended(bits: readonly NetBit[], cell: NetCell, width: number): string {
    const wide = Math.max(bits.length, width);
    const value = this.#signal(bits, 32, isSigned(cell, "A"));
    return wide >= 32 ? value : `(${value} & ${mask(wide)})`;
  }

  /** Whether any bit is set. */
  #boolean(bits: readonly NetBit[]): string {
    return words(bits)
      .map((word) => `${this.#signal(word, 32, false)} !== 0`)
      .join(" || ");
  }

  #equality(cell: NetCell): string {
    const a = assertDefined(cell.connections["A"], "A");
    const b = assertDefined(cell.connections["B"], "B");
    const signed = isSigned(cell, "A") && isSigned(cell, "B");
    const width = Math.max(a.length, b.length);
    const extend = (bits: readonly NetBit[]): NetBit[] =>
      Array.from({ length: width }, (_, i) => bits[i] ?? (signed ? (bits.at(-1) ?? "0") : "0"));
    const right = words(extend(b));
    const equal = words(extend(a)).map(
      (word, i) => `${this.#signal(word, 32, false)} === ${this.#signal(right[i] ?? [], 32, false)}`,
    );
    return `(${equal.join(" && ")}) ? ${cell.type === "$eq" ? "1 : 0" : "0 : 1"}`;
  }

  #parity(bits: readonly NetBit[], inverted: boolean): string {
    const folded = words(bits)
      .map((word) => this.#signal(word, 32, false))
      .join(" ^ ");
    const fold = [16, 8, 4, 2, 1].reduce((value, by) => `((p) => p ^ (p >>> ${by}))(${value})`, `(${folded})`);
    return inverted ? `(${fold} & 1) ^ 1` : `${fold} & 1`;
  }

  #nextState({ cell, chunks }: Driver): { readonly name: string; readonly value: string }[] {
    const register = assertDefined(cell, "register");
    const { connections, parameters } = register;
    return chunks.map((chunk) => {
      const data = (connections["D"] ?? []).slice(chunk.start, chunk.start + chunk.width);
      let value = this.#signal(data, 32, false);
      const enable = connections["EN"];
      const reset = connections["SRST"] ?? connections["ARST"];
      const enabled = enable === undefined ? undefined : this.#active(enable, parameters["EN_POLARITY"]);
      const resetting =
        reset === undefined
          ? undefined
          : this.#active(reset, parameters["SRST_POLARITY"] ?? parameters["ARST_POLARITY"]);
      const resetValue = parameters["SRST_VALUE"] ?? parameters["ARST_VALUE"] ?? "";
      const resetTo = String(constantOf(resetValue, chunk.start, chunk.width));
      if (register.type === "$sdffce") {
        if (resetting !== undefined) value = `(${resetting} ? ${resetTo} : ${value})`;
        if (enabled !== undefined) value = `(${enabled} ? ${value} : ${chunk.name})`;
      } else {
        if (enabled !== undefined) value = `(${enabled} ? ${value} : ${chunk.name})`;
        if (resetting !== undefined) value = `(${resetting} ? ${resetTo} : ${value})`;
      }
      return { name: chunk.name, value };
    });
  }

  #active(bits: readonly NetBit[], polarity: string | undefined): string {
    const value = this.#signal(bits, 32, false);
    return polarity?.endsWith("0") === true ? `${value} === 0` : `${value} !== 0`;
  }

  #memoryDeclarations(): string[] {
    return [...this.#memories].flatMap(([cell, index]) => {
      const size = number(cell, "SIZE");
      return memoryChunks(cell, this.#layout).map((_, k) => `const m${index}_${k} = new Int32Array(${size});`);
    });
  }

  #memoryResets(): string {
    const lines: string[] = [];
    for (const [cell, index] of this.#memories) {
      const width = number(cell, "WIDTH");
      const size = number(cell, "SIZE");
      const init = cell.parameters["INIT"] ?? "";
      memoryChunks(cell, this.#layout).forEach((chunk, k) => {
        if (!/[01]/.test(init))
          lines.push(`for (let i = 0; i < ${size}; i++) m${index}_${k}[i] = random() & ${mask(chunk.width)};`);
        else lines.push(`m${index}_${k}.fill(0);`);
        if (!init.includes("1")) return;
        const values = Array.from({ length: size }, (_, word) =>
          constantOf(init, word * width + chunk.start, chunk.width),
        );
        lines.push(`m${index}_${k}.set([${values.join(",")}]);`);
      });
    }
    return lines.join(" ");
  }

  #memoryRead(cell: NetCell, chunk: Chunk): string {
    const width = number(cell, "WIDTH");
    const port = Math.floor(chunk.start / width);
    const address = this.#portSlice(cell, "RD_ADDR", port, number(cell, "ABITS"));
    const parts = memoryChunks(cell, this.#layout);
    const k = parts.findIndex(({ start }) => start === chunk.start % width);
    if (k < 0 || parts[k]?.width !== chunk.width) throw unsupported(cell, "read ports cut differently");
    return `m${this.#memories.get(cell)}_${k}[${this.#memoryIndex(cell, address)}] | 0`;
  }

  #memoryWrites(cell: NetCell, index: number): string[] {
    const ports = number(cell, "WR_PORTS");
    const width = number(cell, "WIDTH");
    return Array.from({ length: ports }, (_, port) => port).flatMap((port) => {
      const address = this.#memoryIndex(cell, this.#portSlice(cell, "WR_ADDR", port, number(cell, "ABITS")));
      return memoryChunks(cell, this.#layout).map((chunk, k) => {
        const at = port * width + chunk.start;
        const enable = (cell.connections["WR_EN"] ?? []).slice(at, at + chunk.width);
        const data = (cell.connections["WR_DATA"] ?? []).slice(at, at + chunk.width);
        const value = this.#signal(data, 32, false);
        if (new Set(enable).size > 1) {
          const bits = this.#signal(enable, 32, false);
          return `m${index}_${k}[${address}] = (m${index}_${k}[${address}] & ~${bits}) | (${value} & ${bits});`;
        }
        return `if (${this.#boolean(enable.slice(0, 1))}) m${index}_${k}[${address}] = ${value};`;
      });
    });
  }

  #memoryIndex(cell: NetCell, address: string): string {
    const offset = number(cell, "OFFSET");
    return offset === 0 ? address : `${address} - ${offset}`;
  }

  #portSlice(cell: NetCell, port: string, index: number, width: number): string {
    return this.#signal((cell.connections[port] ?? []).slice(index * width, (index + 1) * width), 32, false);
  }
}

/** How a memory word is stored: the chunks of its first read port. */
function memoryChunks(cell: NetCell, layout: Layout): readonly Chunk[] {
  const width = number(cell, "WIDTH");
  return assertDefined(layout.byCell.get(cell), "memory").chunks.filter(({ start }) => start < width);
}

/** A register before its reset. */
function powerUp({ name, width }: Chunk): string {
  return `${name} = random() & ${mask(width)};`;
}

function slice(chunk: Chunk, offset: number, length: number, at: number): string {
  let value = offset === 0 ? chunk.name : `(${chunk.name} >>> ${offset})`;
  if (offset + length < chunk.width) value = `(${value} & ${mask(length)})`;
  return at === 0 ? value : `(${value} << ${at})`;
}

function words(bits: readonly NetBit[]): NetBit[][] {
  const found: NetBit[][] = [];
  for (let i = 0; i < bits.length; i += 32) found.push(bits.slice(i, i + 32));
  return found;
}

function shiftEither(value: string, by: string): string {
  return `((v, b) => b >= 0 ? (b > 31 ? 0 : v >>> b) : b < -31 ? 0 : v << -b)(${value}, ${by})`;
}

function mask(width: number): number {
  return width >= 32 ? -1 : 2 ** width - 1;
}
