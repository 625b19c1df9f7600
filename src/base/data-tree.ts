// What a hierarchical data file (HDF5) holds, as plain data: groups of named arrays and texts. Names are data, never keys of an
// object, so that "__proto__" is only a name.

export type NumberType =
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float32"
  | "float64"
  | "bool";

export type DataItem = DataGroup | DataLeaf;

export type DataLeaf = DataNumbers | DataTexts;

export interface DataGroup {
  readonly kind: "group";
  readonly members: readonly (readonly [name: string, item: DataItem])[];
  readonly attributes: readonly (readonly [name: string, leaf: DataLeaf])[];
}

export interface DataNumbers {
  readonly kind: "numbers";
  /** As stored in the file. */
  readonly type: NumberType;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  /** Row-major; integers are exact up to 2⁵³. */
  readonly values: Float32Array | Float64Array;
}

export interface DataTexts {
  readonly kind: "texts";
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

/** The member called `name`, or undefined. */
export function memberOf(group: DataGroup, name: string): DataItem | undefined {
  return group.members.find(([known]) => known === name)?.[1];
}

/** A group of `members`. */
export function dataGroup(members: DataGroup["members"], attributes: DataGroup["attributes"] = []): DataGroup {
  return { kind: "group", members, attributes };
}

/** One text. */
export function dataText(value: string): DataTexts {
  return { kind: "texts", shape: [], values: [value] };
}

/** Numbers as stored, by default one 64-bit float or a list of them. */
export function dataNumbers(
  values: number | readonly number[] | Float32Array | Float64Array,
  type: NumberType = "float64",
  shape?: readonly number[],
): DataNumbers {
  if (typeof values === "number")
    return { kind: "numbers", type, shape: shape ?? [], values: numberArray(type, [values]) };
  return { kind: "numbers", type, shape: shape ?? [values.length], values: numberArray(type, values) };
}

// ---------------------------------------------------------------------------------------------------------------------

function numberArray(type: NumberType, values: ArrayLike<number>): Float32Array | Float64Array {
  return type === "float32" ? Float32Array.from(values) : Float64Array.from(values);
}
