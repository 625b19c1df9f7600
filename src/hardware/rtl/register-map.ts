// The registers through which a processor runs a design: one definition, from which SystemVerilog, C and documentation are printed.

/** One 32-bit register, or a row of them. */
export interface Register {
  readonly name: string;
  /** Bytes from the base address. */
  readonly offset: number;
  /** So many in a row, 4 bytes apart. Default: one. */
  readonly count?: number | undefined;
  readonly access: "read" | "write";
  readonly about: string;
  readonly fields?: readonly {
    readonly name: string;
    readonly high: number;
    readonly low: number;
    readonly about: string;
  }[];
}

/** Value of the register `id`: "LACN". */
export const registerIdentity = 0x4c41434e;

/** The registers of a design with so many layers. */
export function registerMap(layerCount: number): readonly Register[] {
  return [
    { name: "id", offset: 0x00, access: "read", about: '"LACN" as 0x4c41434e' },
    {
      name: "network",
      offset: 0x04,
      access: "read",
      about: "first 32 bits of the hash of the network that was built in",
    },
    {
      name: "shape",
      offset: 0x08,
      access: "read",
      about: "what was built",
      fields: [
        { name: "inputs", high: 15, low: 0, about: "addresses of input spikes" },
        { name: "layers", high: 23, low: 16, about: "layers, and registers of spikes" },
      ],
    },
    {
      name: "control",
      offset: 0x0c,
      access: "write",
      about: "takes effect with the write",
      fields: [{ name: "clear", high: 0, low: 0, about: "counters to 0" }],
    },
    {
      name: "status",
      offset: 0x10,
      access: "read",
      about: "what is possible without waiting",
      fields: [
        { name: "ready", high: 0, low: 0, about: "a host word would be taken at once" },
        { name: "result", high: 1, low: 1, about: "a result word is waiting" },
      ],
    },
    {
      name: "host",
      offset: 0x14,
      access: "write",
      about:
        "a host word: spike, end of step, selection of a weight memory, weight byte; the write waits until it is taken",
      fields: [{ name: "word", high: 15, low: 0, about: "as `host-word` defines" }],
    },
    {
      name: "result",
      offset: 0x18,
      access: "read",
      about: "takes the next result word, if one is waiting",
      fields: [
        { name: "word", high: 15, low: 0, about: "a count, or with bit 15 the decided class" },
        { name: "valid", high: 31, low: 31, about: "a word was waiting" },
      ],
    },
    { name: "cycles", offset: 0x1c, access: "read", about: "clock cycles since the counters were cleared" },
    { name: "stalls", offset: 0x20, access: "read", about: "cycles in which a host word waited" },
    { name: "samples", offset: 0x24, access: "read", about: "decisions taken" },
    { name: "spikes", offset: 0x40, count: layerCount, access: "read", about: "spikes that layer i handed over" },
  ];
}

/** Bits of a byte address that reaches all registers. */
export function registerAddressBits(map: readonly Register[]): number {
  return Math.ceil(Math.log2(Math.max(...map.map(({ offset, count = 1 }) => offset + 4 * count))));
}

/** A SystemVerilog package of offsets: `hdl/lacuna_registers.sv`. */
export function registerPackage(): string {
  const lines = registerMap(1).map(
    ({ name, offset, about }) =>
      `  // ${about.charAt(0).toUpperCase()}${about.slice(1)}.\n  localparam int unsigned ${pascal(name)}Offset = 'h${offset.toString(16)};`,
  );
  return [
    "// Offsets of the registers, in bytes. Printed from src/hardware/rtl/register-map.ts; do not edit.",
    "package lacuna_registers;",
    ...lines,
    "endpackage",
    "",
  ].join("\n");
}

/** A C header. */
export function registerHeader(map: readonly Register[]): string {
  const lines = map.flatMap(({ name, offset, count, access, about, fields = [] }) => {
    const upper = name.toUpperCase();
    const address = `0x${offset.toString(16).padStart(2, "0")}u`;
    const define =
      count === undefined
        ? `#define LACUNA_${upper} ${address} /* ${access}: ${about} */`
        : `#define LACUNA_${upper}(i) (${address} + 4u * (i)) /* ${access}: ${about}; 0 to ${count - 1} */`;
    return [
      define,
      ...fields.flatMap((field) => [
        `#define LACUNA_${upper}_${field.name.toUpperCase()}_SHIFT ${field.low}u /* ${field.about} */`,
        `#define LACUNA_${upper}_${field.name.toUpperCase()}_MASK 0x${(2 ** (field.high - field.low + 1) - 1).toString(16)}u`,
      ]),
    ];
  });
  return [
    "/* Registers of the accelerator: byte offsets, shifts and masks. Generated; see registers.md. */",
    "#ifndef LACUNA_REGISTERS_H",
    "#define LACUNA_REGISTERS_H",
    "",
    ...lines,
    "",
    "#endif",
    "",
  ].join("\n");
}

/** The same as a table for people. */
export function registerTable(map: readonly Register[]): string {
  const rows = map.flatMap(({ name, offset, count, access, about, fields = [] }) => [
    `| 0x${offset.toString(16).padStart(2, "0")}${count === undefined ? "" : " + 4·i"} | ${name} | | ${access} | ${about} |`,
    ...fields.map(
      (field) =>
        `| | | ${field.name}, ${field.high === field.low ? `bit ${field.low}` : `bits ${field.high}–${field.low}`} | | ${field.about} |`,
    ),
  ]);
  return [
    "# Registers",
    "",
    "32 bits each; writes to what is only read, and reads of what is only written, do nothing and give 0.",
    "",
    "| offset | register | field | access | |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

// ---------------------------------------------------------------------------------------------------------------------

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
