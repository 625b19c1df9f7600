// NIR files made to break a reader, each with what must happen: `npm run hostile:nir -- FOLDER` writes them.

import * as h5 from "h5wasm";
import {
  assertDefined,
  dataGroup,
  dataNumbers,
  dataText,
  randomStream,
  type DataGroup,
  type DataItem,
} from "../src/base/index.ts";
import { nodeRule, nirNodeTypes, type NirNodeType } from "../src/model/nir/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";

export interface HostileFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether it must be refused, must be read, or may be either (a changed byte can be harmless). */
  readonly must: "refuse" | "read" | "either";
}

/** All of them, the same in every run. */
export async function hostileFiles(): Promise<HostileFile[]> {
  await h5.ready;
  const files: HostileFile[] = [...noFiles()];
  const bases = await Promise.all([chain(), loop(), nested(1)].map((tree) => nodePlatform.hdf5.write(tree)));
  bases.forEach((bytes, b) => files.push(...truncated(bytes, b), ...changed(bytes, b)));
  for (const [name, must, tree] of [...brokenTrees(), ...brokenNodes(), ...oddNames()]) {
    files.push({ name, must, bytes: await nodePlatform.hdf5.write(tree) });
  }
  return [...files, ...strangeContainers()];
}

// ---------------------------------------------------------------------------------------------------------------------

type Members = (readonly [string, DataItem])[];
type Case = readonly [name: string, must: HostileFile["must"], tree: DataGroup];

const typed = (type: string, fields: Members): DataGroup => dataGroup([["type", dataText(type)], ...fields]);
const ints = (...values: number[]): DataItem => dataNumbers(values, "int64");
const floats = (shape: readonly number[], value = 1): DataItem =>
  dataNumbers(new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(value), "float32", shape);

/** Sound fields of every type, for populations of 2 and images of 4 × 4. */
const samples: Readonly<Record<string, DataItem>> = {
  shape: ints(2),
  weight: floats([2, 2]),
  bias: floats([2]),
  scale: floats([2]),
  threshold: floats([2]),
  delay: floats([2]),
  tau: floats([2], 0.01),
  tau_mem: floats([2], 0.01),
  tau_syn: floats([2], 0.01),
  r: floats([2]),
  w_in: floats([2]),
  v_leak: floats([2], 0),
  v_threshold: floats([2]),
  v_reset: floats([2], 0),
  kernel_size: ints(2, 2),
  stride: ints(1, 1),
  padding: ints(0, 0),
  dilation: ints(1, 1),
  groups: dataNumbers(1, "int64"),
  input_shape: ints(4, 4),
  input_type: ints(2),
  start_dim: dataNumbers(0, "int64"),
  end_dim: dataNumbers(-1, "int64"),
};

function soundNode(type: NirNodeType, changes: Readonly<Record<string, DataItem | undefined>> = {}): DataGroup {
  const isConv = type.startsWith("Conv");
  const fields = Object.keys(nodeRule(type).fields).flatMap((field): Members => {
    const usual = isConv && field === "weight" ? floats(type === "Conv1d" ? [2, 2, 1] : [2, 2, 1, 1]) : samples[field];
    const line =
      type === "Conv1d" && ["stride", "padding", "dilation", "input_shape"].includes(field)
        ? ints(field === "padding" ? 0 : field === "input_shape" ? 4 : 1)
        : usual;
    const item = Object.hasOwn(changes, field) ? changes[field] : line;
    return item === undefined ? [] : [[field, item]];
  });
  return typed(type, fields);
}

function graph(nodes: Members, edges: readonly string[], extra: Members = []): DataGroup {
  const texts = { kind: "texts", shape: [edges.length / 2, 2], values: edges } as const;
  return typed("NIRGraph", [["nodes", dataGroup(nodes)], ["edges", texts], ...extra]);
}

const file = (root: DataGroup): DataGroup =>
  dataGroup([
    ["node", root],
    ["version", dataText("1.0")],
  ]);

const ports: Members = [
  ["input", soundNode("Input")],
  ["output", soundNode("Output")],
];

/** A node between two ports. */
const around = (name: string, node: DataItem): DataGroup =>
  file(graph([...ports, [name, node]], ["input", name, name, "output"]));

const chain = (): DataGroup => around("lif", soundNode("LIF"));
const loop = (): DataGroup =>
  file(
    graph(
      [...ports, ["lif", soundNode("CubaLIF")], ["w", soundNode("Affine")]],
      ["input", "lif", "lif", "w", "w", "lif", "lif", "output"],
    ),
  );

function nested(depth: number): DataGroup {
  let inner: DataGroup = soundNode("LIF");
  for (let i = 0; i < depth; i++) inner = graph([...ports, ["inner", inner]], ["input", "inner", "inner", "output"]);
  return around("inner", inner);
}

function noFiles(): HostileFile[] {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const random = randomStream(1);
  const contents: Readonly<Record<string, Uint8Array>> = {
    empty: new Uint8Array(0),
    zeros: new Uint8Array(4096),
    random: Uint8Array.from({ length: 4096 }, (_, i) => random.at(i) & 255),
    magic: Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a),
    "magic-then-zeros": Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, ...new Uint8Array(4096)),
    "magic-then-ones": Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, ...new Uint8Array(4096).fill(255)),
    "late-magic": Uint8Array.of(...new Uint8Array(512), 0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a),
    pickle: Uint8Array.of(0x80, 0x04, 0x95, ...text("cos\nsystem\n(S'touch canary'\ntR.")),
    zip: Uint8Array.of(0x50, 0x4b, 3, 4, ...new Uint8Array(100)),
    json: text('{"__proto__":{"polluted":true}}'),
    elf: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...new Uint8Array(200)),
  };
  return Object.entries(contents).map(([name, bytes]) => ({ name: `no-hdf5-${name}`, bytes, must: "refuse" }));
}

function truncated(bytes: Uint8Array, base: number): HostileFile[] {
  return Array.from({ length: 10 }, (_, tenth) => ({
    name: `truncated-${base}-${tenth * 10}%`,
    bytes: bytes.slice(0, Math.floor((bytes.length * tenth) / 10)),
    must: "refuse" as const,
  }));
}

/** One byte, or eight in a row, changed: sizes, counts, addresses, types. */
function changed(bytes: Uint8Array, base: number): HostileFile[] {
  const random = randomStream(100 + base);
  return Array.from({ length: 24 }, (_, i) => {
    const copy = bytes.slice();
    // Half in the first kilobyte, where the counts of the container are.
    const at = (random.at(2 * i) >>> 0) % (i % 2 === 0 ? 1024 : bytes.length);
    const value = [0xff, 0x00, 0x7f][i % 3] ?? 0;
    copy.fill(value, at, at + (i % 5 === 0 ? 8 : 1));
    return { name: `changed-${base}-${i}-at-${at}`, bytes: copy, must: "either" as const };
  });
}

function brokenTrees(): Case[] {
  const many = Array.from({ length: 2000 }, (_, i): readonly [string, DataItem] => [`n${i}`, soundNode("Scale")]);
  const manyEdges = many.flatMap(([name], i) => [i === 0 ? "input" : `n${i - 1}`, name]);
  return [
    ["no-groups", "refuse", dataGroup([])],
    ["no-node", "refuse", dataGroup([["version", dataText("1")]])],
    ["node-is-a-number", "refuse", dataGroup([["node", dataNumbers(1)]])],
    ["root-is-no-graph", "refuse", file(soundNode("LIF"))],
    ["no-nodes", "refuse", file(typed("NIRGraph", []))],
    ["no-edges", "refuse", file(typed("NIRGraph", [["nodes", dataGroup(ports)]]))],
    [
      "edges-are-numbers",
      "refuse",
      file(
        typed("NIRGraph", [
          ["nodes", dataGroup(ports)],
          ["edges", ints(1, 2)],
        ]),
      ),
    ],
    [
      "edges-of-three",
      "refuse",
      file(
        typed("NIRGraph", [
          ["nodes", dataGroup(ports)],
          ["edges", { kind: "texts", shape: [1, 3], values: ["a", "b", "c"] }],
        ]),
      ),
    ],
    ["edge-to-nothing", "refuse", file(graph(ports, ["input", "nowhere"]))],
    ["edge-from-nothing", "refuse", file(graph(ports, ["", "output"]))],
    ["no-input", "refuse", file(graph(ports.slice(1), []))],
    ["no-output", "refuse", file(graph(ports.slice(0, 1), []))],
    [
      "cycle-without-neuron",
      "refuse",
      file(
        graph(
          [...ports, ["a", soundNode("Scale")], ["b", soundNode("Scale")]],
          ["input", "a", "a", "b", "b", "a", "b", "output"],
        ),
      ),
    ],
    [
      "self-loop-of-weights",
      "refuse",
      file(graph([...ports, ["a", soundNode("Linear")]], ["input", "a", "a", "a", "a", "output"])),
    ],
    ["unknown-node", "refuse", around("x", typed("HodgkinHuxley", []))],
    ["type-is-a-number", "refuse", around("x", dataGroup([["type", dataNumbers(1)]]))],
    ["no-type", "refuse", around("x", dataGroup([]))],
    ["node-is-an-array", "refuse", around("x", floats([2]))],
    ["type-__proto__", "refuse", around("x", typed("__proto__", []))],
    ["type-constructor", "refuse", around("x", typed("constructor", []))],
    ["nested-10", "read", nested(7)],
    ["nested-50", "refuse", nested(50)],
    [
      "two-ports",
      "refuse",
      around("x", graph([...ports, ["second", soundNode("Input")]], ["input", "output", "second", "output"])),
    ],
    [
      "port-of-another-size",
      "refuse",
      around(
        "x",
        graph(
          [
            ["input", soundNode("Input", { shape: ints(3) })],
            ["output", soundNode("Output", { shape: ints(3) })],
          ],
          ["input", "output"],
        ),
      ),
    ],
    ["sizes-that-do-not-fit", "refuse", around("x", soundNode("Linear", { weight: floats([2, 3]) }))],
    [
      "sizes-that-do-not-add",
      "refuse",
      file(
        graph(
          [
            ...ports,
            ["a", soundNode("Linear", { weight: floats([3, 2]) })],
            ["b", soundNode("Linear")],
            ["c", soundNode("Linear")],
          ],
          ["input", "a", "input", "b", "a", "c", "b", "c", "c", "output"],
        ),
      ),
    ],
    ["2000-nodes", "read", file(graph([...ports, ...many], [...manyEdges, "n1999", "output"]))],
    [
      "2000-missing-nodes",
      "refuse",
      file(
        graph(
          ports,
          Array.from({ length: 4000 }, (_, i) => `missing${i}`),
        ),
      ),
    ],
    [
      "metadata",
      "read",
      file(
        graph(
          [...ports],
          ["input", "output"],
          [
            [
              "metadata",
              dataGroup(Array.from({ length: 500 }, (_, i) => [`__proto__${i}`, dataText("x".repeat(1000))] as const)),
            ],
          ],
        ),
      ),
    ],
    [
      "long-text",
      "refuse",
      file(graph(ports, ["input", "output"], [["metadata", dataGroup([["note", dataText("x".repeat(100_000))]])]])),
    ],
  ];
}

/** Every field of every node: absent, a text, not finite, of a wrong shape, below its range. */
function brokenNodes(): Case[] {
  return (Object.keys(nirNodeTypes) as NirNodeType[]).flatMap((type) =>
    Object.entries(nodeRule(type).fields).flatMap(([field, rule]): Case[] => {
      const broken = (how: string, item: DataItem | undefined): Case => {
        const must = item === undefined && rule.optional === true ? "either" : "refuse";
        const node = soundNode(type, { [field]: item });
        const isPort = type === "Input" || type === "Output";
        const name = type === "Input" ? "input" : "output";
        const whole = isPort
          ? file(graph([...ports.filter(([known]) => known !== name), [name, node]], ["input", "output"]))
          : around("x", node);
        return [`${type}-${field}-${how}`, must, whole];
      };
      const isWhole = rule.holds !== "numbers";
      const low = rule.above ?? (rule.least === undefined ? undefined : rule.least - 1);
      return [
        broken("absent", undefined),
        broken("text", dataText("loud")),
        broken(isWhole ? "fraction" : "nan", isWhole ? dataNumbers([1.5, 1.5]) : floats([2], Number.NaN)),
        ...(isWhole ? [] : [broken("infinite", floats([2], Number.POSITIVE_INFINITY))]),
        broken("empty", floats([0])),
        ...(low === undefined || low === -1 ? [] : [broken("low", isWhole ? ints(low, low) : floats([2], low))]),
      ];
    }),
  );
}

function oddNames(): Case[] {
  const refused = ["a\nb", "\u0007bell", "\u001B[31mred", "x".repeat(10_000), "\u0085"];
  const read = [
    "__proto__",
    "constructor",
    "toString",
    "a;b",
    "$(touch canary)",
    "`touch canary`",
    "endmodule",
    "*) endmodule (*",
    "\\escape",
    '"quoted" <script>alert(1)',
    "=1+1",
    "\u202Ereversed",
    "emoji 🧠",
    "con",
    "%s%n",
    "x".repeat(1000),
    " ",
    "-rf",
    "..a",
    "${x}",
  ];
  return [
    ...refused.map((name, i): Case => [`name-refused-${i}`, "refuse", around(name, soundNode("LIF"))]),
    ...read.map((name, i): Case => [`name-read-${i}`, "read", around(name, soundNode("LIF"))]),
  ];
}

/** What only the library itself writes: links, loops, claims. */
function strangeContainers(): HostileFile[] {
  const cases: Readonly<Record<string, (file: h5.File) => void>> = {
    "soft-link": (made) => void made.create_soft_link("/node", "other"),
    "broken-link": (made) => void made.create_soft_link("/nowhere", "other"),
    "soft-loop": (made) => void made.create_soft_link("/a", "a"),
    "external-link": (made) => void made.create_external_link("/etc/passwd", "/x", "other"),
    "hard-loop": (made) => {
      made.create_group("a");
      made.create_hard_link("/", "again");
    },
    "deep-groups": (made) => {
      let group: h5.Group = made;
      for (let i = 0; i < 60; i++) group = group.create_group("g") as unknown as h5.Group;
    },
    "16-terabytes": (made) => {
      made
        .create_dataset({ name: "big", data: new Float32Array(4), shape: [4], maxshape: [null], chunks: [4] })
        .resize([2 ** 42]);
    },
    "900-megabytes": (made) => {
      made
        .create_dataset({ name: "big", data: new Float32Array(4), shape: [4], maxshape: [null], chunks: [4] })
        .resize([225_000_000]);
    },
    "many-claims": (made) => {
      for (let i = 0; i < 20; i++) {
        made
          .create_dataset({ name: `big${i}`, data: new Float32Array(4), shape: [4], maxshape: [null], chunks: [4] })
          .resize([2 ** 20]);
      }
    },
    "4000-groups": (made) => {
      for (let i = 0; i < 4000; i++) made.create_group(`g${i}`);
    },
    "beyond-2^53": (made) =>
      void made.create_dataset({ name: "i", data: new BigUint64Array([2n ** 63n]), shape: [1], dtype: "<Q" }),
    "array-of-arrays": (made) =>
      void made.create_dataset({ name: "c", data: new Map([["a", new Float32Array(2)]]), shape: [2] }),
  };
  return Object.entries(cases).map(([name, make]) => ({
    name: `container-${name}`,
    must: "refuse",
    bytes: made(name, make),
  }));
}

function made(name: string, make: (file: h5.File) => void): Uint8Array {
  const path = `/${name}.h5`;
  const container = new h5.File(path, "w");
  make(container);
  container.close();
  return assertDefined(h5.FS ?? undefined, "h5wasm's files").readFile(path) as Uint8Array;
}
