// HDF5 by h5wasm to plain data and back. Every declared size is checked before memory is taken for it.

import * as h5 from "h5wasm";
import {
  BugError,
  dataGroup,
  UserError,
  type DataGroup,
  type DataItem,
  type DataLeaf,
  type DataNumbers,
  type NumberType,
} from "../../base/index.ts";

/** Resolves when the library is loaded. */
export async function ready(): Promise<void> {
  const module = await h5.ready;
  module.activate_throwing_error_handler();
}

/** Everything in a file. */
export function readTree(bytes: Uint8Array, where: string): DataGroup {
  // The library keeps files by identity, so every file gets a name of its own.
  const name = `/file-${fileCount++}.h5`;
  files().writeFile(name, bytes);
  const file = new h5.File(name, "r");
  try {
    return readGroup({ file, where, fileBytes: bytes.length, itemCount: 0, byteCount: 0 }, "", 0);
  } finally {
    file.close();
    files().unlink(name);
  }
}

/** A file of a tree. */
export function writeTree(tree: DataGroup): Uint8Array {
  const name = `/file-${fileCount++}.h5`;
  const file = new h5.File(name, "w");
  writeGroup(file, tree);
  file.close();
  const bytes = files().readFile(name) as Uint8Array;
  files().unlink(name);
  return bytes;
}

// ---------------------------------------------------------------------------------------------------------------------

let fileCount = 0;

const limits = {
  depth: 32,
  items: 100_000,
  arrayBytes: 2 ** 30,
  totalBytes: 2 ** 32,
  texts: 1_000_000,
  textLength: 65_536,
  nameLength: 1024,
  /** How many times its size a file may unpack to. */
  ratio: 1000,
} as const;

/** gzip and shuffle. */
const knownFilters: ReadonlySet<number> = new Set([1, 2]);

interface Reading {
  readonly file: h5.File;
  readonly where: string;
  readonly fileBytes: number;
  itemCount: number;
  byteCount: number;
}

type Library = Awaited<typeof h5.ready>;

function library(): Library {
  return h5.Module;
}

function files(): NonNullable<typeof h5.FS> {
  if (h5.FS === null) throw new BugError("h5wasm is not loaded");
  return h5.FS;
}

function refuse(reading: Reading, code: string, path: string, what: string, hint?: string): UserError {
  const place = path === "" ? reading.where : `${reading.where} at ${printable(path)}`;
  return new UserError(`hdf5/${code}`, `${place}: ${what}`, hint === undefined ? {} : { hint });
}

function readGroup(reading: Reading, path: string, depth: number): DataGroup {
  if (depth > limits.depth) {
    throw refuse(reading, "too-deep", path.slice(0, 100), `groups lie deeper than ${limits.depth}, or in a loop`);
  }
  const group = new h5.Group(reading.file.file_id, path === "" ? "/" : path);
  const names = group.keys();
  const members = names.map((name): readonly [string, DataItem] => {
    checkName(reading, path, name);
    return [name, readItem(reading, `${path}/${name}`, depth)];
  });
  return dataGroup(members, readAttributes(reading, path));
}

function readItem(reading: Reading, path: string, depth: number): DataItem {
  if (++reading.itemCount > limits.items) throw refuse(reading, "too-large", "", `more than ${limits.items} items`);
  const { file } = reading;
  // A link must be asked for before what it leads to.
  if (library().get_symbolic_link(file.file_id, path) !== null) throw linkError(reading, path, "a soft link");
  const item = new h5.Group(file.file_id, "").get(path);
  if (item instanceof h5.Group) return readGroup(reading, path, depth + 1);
  if (item instanceof h5.Dataset) return readDataset(reading, path, item);
  if (item instanceof h5.ExternalLink) throw linkError(reading, path, "a link to another file");
  throw refuse(reading, "type", path, "it is neither a group nor a data set");
}

function linkError(reading: Reading, path: string, what: string): UserError {
  return refuse(reading, "link", path, `it is ${what}; files from others may hold only data of their own`);
}

function checkName(reading: Reading, path: string, name: string): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001F\u007F-\u009F]/.test(name)) throw refuse(reading, "name", path, "a name has control characters");
  if (Array.from(name).length > limits.nameLength) {
    throw refuse(reading, "name", path, `a name is longer than ${limits.nameLength} characters`);
  }
  if (name === "" || name === "." || name === "..") throw refuse(reading, "name", path, `"${name}" is no name`);
}

function readDataset(reading: Reading, path: string, dataset: h5.Dataset): DataLeaf {
  const strange = dataset.filters.find(({ id }) => !knownFilters.has(id));
  if (strange !== undefined) {
    const hint = 'save it again with gzip: h5py\'s compression="gzip", or nir.write as it is by default';
    const what = `compressed by ${filterName(strange)}, which is not read; known: gzip, shuffle`;
    throw refuse(reading, "filter", path, what, hint);
  }
  const { metadata } = dataset;
  if (metadata.virtual_sources !== undefined) throw linkError(reading, path, "a view of other data sets");
  checkSize(reading, path, metadata);
  return leafOf(reading, path, metadata, () => dataset.value);
}

function filterName({ id, name }: { readonly id: number; readonly name: string }): string {
  const known: Readonly<Record<number, string>> = {
    3: "fletcher32",
    4: "szip",
    5: "nbit",
    6: "scaleoffset",
    32000: "LZF",
  };
  return known[id] ?? `filter ${id}${name === "" ? "" : ` "${printable(name)}"`}`;
}

type Metadata = h5.Dataset["metadata"];

function checkSize(reading: Reading, path: string, { shape, size }: Metadata): void {
  if (shape === null) return;
  const count = shape.reduce((product, length) => product * Number(length), 1);
  const bytes = count * size;
  if (!(bytes <= limits.arrayBytes)) {
    throw refuse(
      reading,
      "too-large",
      path,
      `it declares ${bytes.toPrecision(3)} bytes; at most ${limits.arrayBytes} are read`,
    );
  }
  reading.byteCount += bytes;
  if (reading.byteCount > limits.totalBytes)
    throw refuse(reading, "too-large", path, "the file declares more than 4 GiB");
  if (reading.byteCount > limits.ratio * reading.fileBytes) {
    const what = `the file declares ${limits.ratio} times the bytes that it has`;
    throw refuse(reading, "too-large", path, what);
  }
}

function readAttributes(reading: Reading, path: string): DataGroup["attributes"] {
  const id = reading.file.file_id;
  const place = path === "" ? "/" : path;
  const names = library().get_attribute_names(id, place);
  if (names.length > limits.nameLength) throw refuse(reading, "too-large", path, `${names.length} attributes`);
  return names.map((name) => {
    checkName(reading, path, name);
    const attribute = new h5.Attribute(id, place, name);
    checkSize(reading, `${path}@${name}`, attribute.metadata);
    return [name, leafOf(reading, `${path}@${name}`, attribute.metadata, () => attribute.value)] as const;
  });
}

const classes = { integer: 0, float: 1, text: 3, enumeration: 8 } as const;

function leafOf(reading: Reading, path: string, metadata: Metadata, valueOf: () => unknown): DataLeaf {
  const shape = metadata.shape?.map(Number);
  if (shape === undefined) throw refuse(reading, "type", path, "it is empty: a type without a value");
  if (metadata.type === classes.text) return textsOf(reading, path, shape, valueOf);
  const type = numberType(metadata);
  if (type === undefined) {
    throw refuse(reading, "type", path, "only whole numbers, 32- and 64-bit floats and texts are read");
  }
  return { kind: "numbers", type, shape, values: numbersOf(reading, path, type, valueOf()) };
}

function textsOf(reading: Reading, path: string, shape: readonly number[], valueOf: () => unknown): DataLeaf {
  if (shape.reduce((product, length) => product * length, 1) > limits.texts) {
    throw refuse(reading, "too-large", path, `more than ${limits.texts} texts`);
  }
  const value = valueOf();
  const values = (Array.isArray(value) ? value : [value]).map(String);
  if (values.some(({ length }) => length > limits.textLength)) {
    throw refuse(reading, "too-large", path, `a text is longer than ${limits.textLength} characters`);
  }
  return { kind: "texts", shape, values };
}

function numberType(metadata: Metadata): NumberType | undefined {
  const bits = metadata.size * 8;
  switch (metadata.type) {
    case classes.float:
      return bits === 32 ? "float32" : bits === 64 ? "float64" : undefined;
    case classes.integer:
      return [8, 16, 32, 64].includes(bits) ? (`${metadata.signed ? "int" : "uint"}${bits}` as NumberType) : undefined;
    case classes.enumeration: {
      const names = Object.keys(metadata.enum_type?.members ?? {});
      return names.length === 2 && names.includes("FALSE") && names.includes("TRUE") && bits === 8 ? "bool" : undefined;
    }
    default:
      return undefined;
  }
}

function numbersOf(reading: Reading, path: string, type: NumberType, value: unknown): Float32Array | Float64Array {
  if (value instanceof Float32Array || value instanceof Float64Array) return value;
  const list = ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>) : [value];
  const numbers = list.map(Number);
  const lost = numbers.findIndex((number) => !type.startsWith("float") && !Number.isSafeInteger(number));
  if (lost >= 0) throw refuse(reading, "type", path, `value ${String(list[lost])} is beyond 2^53`);
  return type === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
}

/** Text for a message: one line, printable. */
function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1).slice(0, 200);
}

// ---------------------------------------------------------------------------------------------------------------------
// Writing

const typeCodes: Readonly<Record<NumberType, string>> = {
  int8: "<b",
  int16: "<h",
  int32: "<i",
  int64: "<q",
  uint8: "<B",
  uint16: "<H",
  uint32: "<I",
  uint64: "<Q",
  float32: "<f",
  float64: "<d",
  bool: "<b",
};

function writeGroup(group: h5.Group, tree: DataGroup): void {
  for (const [name, leaf] of tree.attributes) {
    if (leaf.kind === "texts") group.create_attribute(name, [...leaf.values], [...leaf.shape], "S");
    else group.create_attribute(name, rawOf(leaf), [...leaf.shape], typeCodes[leaf.type]);
  }
  for (const [name, item] of tree.members) {
    if (item.kind === "group") {
      // Not `create_group`, whose result is looked up by a normalized name.
      library().create_group(group.file_id, `${group.path}/${name}`);
      writeGroup(new h5.Group(group.file_id, `${group.path === "/" ? "" : group.path}/${name}`), item);
    } else if (item.kind === "texts") {
      group.create_dataset({ name, data: [...item.values], shape: [...item.shape], dtype: "S" });
    } else writeNumbers(group, name, item);
  }
}

function writeNumbers(group: h5.Group, name: string, item: DataNumbers): void {
  const shape = [...item.shape];
  const chunked = shape.length > 0 && item.values.length > 0;
  group.create_dataset({
    name,
    data: rawOf(item),
    shape,
    dtype: typeCodes[item.type],
    ...(chunked ? { chunks: chunkOf(shape), compression: "gzip" as const } : {}),
  });
}

/** The whole array, or as many of its first rows as make about a megabyte of values. */
function chunkOf(shape: readonly number[]): number[] {
  const [rows = 1, ...rest] = shape;
  const row = rest.reduce((product, length) => product * length, 1);
  return [Math.max(1, Math.min(rows, Math.floor(2 ** 20 / row))), ...rest];
}

function rawOf({ type, values }: DataNumbers): Float32Array | Float64Array | BigInt64Array | BigUint64Array | number[] {
  if (type === "int64") return BigInt64Array.from(Array.from(values, BigInt));
  if (type === "uint64") return BigUint64Array.from(Array.from(values, BigInt));
  return type === "float32" || type === "float64" ? values : Array.from(values);
}
