import type { Problem } from "../../base/index.ts";

/** A number that the user may set. */
export interface NumberOption {
  readonly from: number;
  readonly to: number;
  readonly isInteger?: boolean;
  readonly byDefault: number;
  readonly meaning: string;
}

/** Every given number outside its range; what is not given is right. */
export function rangeProblems(
  options: Readonly<Record<string, NumberOption>>,
  given: object,
  where: { readonly path: string; readonly code: string },
): readonly Problem[] {
  const values = new Map<string, unknown>(Object.entries(given));
  return Object.entries(options).flatMap(([name, { from, to, isInteger = false }]) => {
    const value = values.get(name);
    if (value === undefined) return [];
    if (typeof value === "number" && value >= from && value <= to && (!isInteger || Number.isInteger(value))) return [];
    const message = `expected ${isInteger ? "a whole number" : "a number"} from ${from} to ${to}, got ${String(value)}`;
    return [{ code: where.code, path: `${where.path}.${name}`, message }];
  });
}
