// Parameters described as data: checks, the configuration file and the reference table read the same description.

/** One parameter of an encoding. */
export interface Field<Value> {
  /** One phrase, with the unit. */
  readonly meaning: string;
  /** What is allowed, in words: "a number above 0". */
  readonly expected: string;
  /** Used when the document does not name the parameter; undefined leaves it out. */
  readonly default: Value;
  readonly accepts: (value: unknown) => boolean;
}

/** A field for every parameter of an encoding. */
export type FieldsOf<Encoding> = { readonly [Key in Exclude<keyof Encoding, "kind">]-?: Field<Encoding[Key]> };

/** An encoding with every parameter filled in. */
export type Complete<Encoding> = { readonly [Key in keyof Encoding]-?: Encoding[Key] };

export function numberField(
  meaning: string,
  range: { readonly above?: number; readonly from?: number; readonly to?: number; readonly below?: number },
  byDefault: number,
): Field<number> {
  const { above = Number.NEGATIVE_INFINITY, from = Number.NEGATIVE_INFINITY } = range;
  const { below = Number.POSITIVE_INFINITY, to = Number.POSITIVE_INFINITY } = range;
  return {
    meaning,
    expected: describeRange(range),
    default: byDefault,
    accepts: (x) => isNumber(x) && x > above && x >= from && x < below && x <= to,
  };
}

/** A whole number ≥ `from`. */
export function countField(meaning: string, from: number, byDefault: number): Field<number> {
  return {
    meaning,
    expected: `a whole number ≥ ${from}`,
    default: byDefault,
    accepts: (x) => isNumber(x) && Number.isInteger(x) && x >= from,
  };
}

/** A parameter that may be left out. */
export function optionalField<Value>(field: Omit<Field<Value>, "default">): Field<Value | undefined> {
  return { ...field, default: undefined, accepts: (x) => x === undefined || field.accepts(x) };
}

export function choiceField<const Name extends string>(
  meaning: string,
  names: readonly Name[],
  byDefault: NoInfer<Name>,
): Field<Name> {
  return {
    meaning,
    expected: `one of ${names.join(", ")}`,
    default: byDefault,
    accepts: (x) => names.some((name) => name === x),
  };
}

export function flagField(meaning: string, byDefault: boolean): Field<boolean> {
  return { meaning, expected: "true or false", default: byDefault, accepts: (x) => typeof x === "boolean" };
}

// ---------------------------------------------------------------------------------------------------------------------

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function describeRange({ above, from, to, below }: Parameters<typeof numberField>[1]): string {
  if (from !== undefined && (to ?? below) !== undefined) return `${from}…${to ?? below}`;
  if (above !== undefined) return `a number above ${above}`;
  if (from !== undefined) return `a number ≥ ${from}`;
  return "a finite number";
}
