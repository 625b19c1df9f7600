// The operations of the kernel language with their WebAssembly codes: one table, so that a type and a code cannot disagree.

export type ValueType = "i32" | "i64" | "f32" | "v128";

interface OperationDefinition {
  readonly result: ValueType;
  readonly code: readonly number[];
}

/**
 * Result and instruction; 0x100 and above are SIMD instructions, without their prefix.
 * `v` operations work on four 32-bit floats or on bits, `b` on sixteen bytes, `h` on eight 16-bit and `w` on four 32-bit integers.
 */
const definitions = {
  "i32.add": ["i32", 0x6a],
  "i32.sub": ["i32", 0x6b],
  "i32.mul": ["i32", 0x6c],
  "i32.div_u": ["i32", 0x6e],
  "i32.and": ["i32", 0x71],
  "i32.or": ["i32", 0x72],
  "i32.xor": ["i32", 0x73],
  "i32.shl": ["i32", 0x74],
  "i32.shr_s": ["i32", 0x75],
  "i32.shr_u": ["i32", 0x76],
  "i32.eqz": ["i32", 0x45],
  "i32.eq": ["i32", 0x46],
  "i32.ne": ["i32", 0x47],
  "i32.lt_s": ["i32", 0x48],
  "i32.lt_u": ["i32", 0x49],
  "i32.gt_s": ["i32", 0x4a],
  "i32.ge_s": ["i32", 0x4e],
  "i32.ctz": ["i32", 0x68],
  "i32.popcnt": ["i32", 0x69],
  "i32.wrap": ["i32", 0xa7],
  "i64.extend_u": ["i64", 0xad],
  "i64.add": ["i64", 0x7c],
  "i64.sub": ["i64", 0x7d],
  "i64.and": ["i64", 0x83],
  "i64.or": ["i64", 0x84],
  "i64.shl": ["i64", 0x86],
  "i64.shr_u": ["i64", 0x88],
  "i64.ctz": ["i64", 0x7a],
  "i64.eqz": ["i32", 0x50],
  "i64.ne": ["i32", 0x52],
  "f32.add": ["f32", 0x92],
  "f32.sub": ["f32", 0x93],
  "f32.mul": ["f32", 0x94],
  "f32.div": ["f32", 0x95],
  "f32.max": ["f32", 0x97],
  "v.splat": ["v128", 0x113],
  "v.eq": ["v128", 0x141],
  "v.ne": ["v128", 0x142],
  "v.lt": ["v128", 0x143],
  "v.gt": ["v128", 0x144],
  "v.le": ["v128", 0x145],
  "v.ge": ["v128", 0x146],
  "v.not": ["v128", 0x14d],
  "v.and": ["v128", 0x14e],
  "v.andnot": ["v128", 0x14f],
  "v.or": ["v128", 0x150],
  "v.xor": ["v128", 0x151],
  "v.select": ["v128", 0x152],
  "v.any": ["i32", 0x153],
  "v.ceil": ["v128", 0x167],
  "v.floor": ["v128", 0x168],
  "v.trunc": ["v128", 0x169],
  "v.nearest": ["v128", 0x16a],
  "v.bitmask": ["i32", 0x1a4],
  "v.abs": ["v128", 0x1e0],
  "v.neg": ["v128", 0x1e1],
  "v.sqrt": ["v128", 0x1e3],
  "v.add": ["v128", 0x1e4],
  "v.sub": ["v128", 0x1e5],
  "v.mul": ["v128", 0x1e6],
  "v.div": ["v128", 0x1e7],
  "v.min": ["v128", 0x1e8],
  "v.max": ["v128", 0x1e9],
  "v.fromIntegers": ["v128", 0x1fa],
  "v.toIntegers": ["v128", 0x1f8],
  "b.splat": ["v128", 0x10f],
  "b.eq": ["v128", 0x123],
  "b.bitmask": ["i32", 0x164],
  "b.narrow_s": ["v128", 0x165],
  "b.add": ["v128", 0x16e],
  "h.splat": ["v128", 0x110],
  "h.narrow_s": ["v128", 0x185],
  "h.extendLow": ["v128", 0x187],
  "h.extendHigh": ["v128", 0x188],
  "h.shl": ["v128", 0x18b],
  "h.shr_s": ["v128", 0x18c],
  "h.add": ["v128", 0x18e],
  "h.sub": ["v128", 0x191],
  "w.splat": ["v128", 0x111],
  "w.eq": ["v128", 0x137],
  "w.gt_s": ["v128", 0x13b],
  "w.ge_s": ["v128", 0x13f],
  "w.extendLow": ["v128", 0x1a7],
  "w.extendHigh": ["v128", 0x1a8],
  "w.shl": ["v128", 0x1ab],
  "w.shr_s": ["v128", 0x1ac],
  "w.shr_u": ["v128", 0x1ad],
  "w.add": ["v128", 0x1ae],
  "w.sub": ["v128", 0x1b1],
  "w.mul": ["v128", 0x1b5],
  "w.min_s": ["v128", 0x1b6],
  "w.max_s": ["v128", 0x1b8],
} as const;

export type Operation = keyof typeof definitions;

export const operations: Readonly<Record<Operation, OperationDefinition>> = Object.fromEntries(
  Object.entries(definitions).map(([name, [result, number]]) => [name, { result, code: instruction(number) }]),
) as Record<Operation, OperationDefinition>;

/** What a load reads: its result type, its code and the alignment hint as a power of two. */
export type LoadKind = "i32" | "u8" | "u16" | "i64" | "f32" | "v128" | "v128.splat" | "v128.bytes" | "v128.halves";

export const loads: Readonly<Record<LoadKind, OperationDefinition>> = {
  i32: { result: "i32", code: [0x28, 2] },
  u8: { result: "i32", code: [0x2d, 0] },
  u16: { result: "i32", code: [0x2f, 1] },
  i64: { result: "i64", code: [0x29, 0] },
  f32: { result: "f32", code: [0x2a, 2] },
  v128: { result: "v128", code: [0xfd, 0x00, 2] },
  /** One 32-bit value in all four lanes. */
  "v128.splat": { result: "v128", code: [0xfd, 0x09, 2] },
  /** Eight signed bytes as eight 16-bit integers. */
  "v128.bytes": { result: "v128", code: [0xfd, 0x01, 0] },
  /** Four signed 16-bit integers as four 32-bit ones. */
  "v128.halves": { result: "v128", code: [0xfd, 0x03, 0] },
};

export type StoreKind = "i32" | "u8" | "u16" | "i64" | "f32" | "v128";

export const stores: Readonly<Record<StoreKind, readonly number[]>> = {
  i32: [0x36, 2],
  u8: [0x3a, 0],
  u16: [0x3b, 1],
  i64: [0x37, 0],
  f32: [0x38, 2],
  v128: [0xfd, 0x0b, 2],
};

// ---------------------------------------------------------------------------------------------------------------------

/** The bytes of an instruction; SIMD ones are a prefix and a number in LEB128. */
function instruction(number: number): readonly number[] {
  if (number < 0x100) return [number];
  const rest = number - 0x100;
  return [0xfd, ...(rest < 0x80 ? [rest] : [(rest & 0x7f) | 0x80, rest >> 7])];
}
