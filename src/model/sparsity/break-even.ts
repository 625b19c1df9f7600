import { storageFormats, type MatrixShape, type StorageFormat } from "./formats/index.ts";

/**
 * The density below which a format needs fewer bits than plain storage, found by bisection over its mean bits; undefined when it never
 * does, 1 when it always does.
 */
export function breakEvenDensity(format: StorageFormat, shape: MatrixShape, lanes: number): number | undefined {
  const plain = shape.rows * shape.columns * shape.bits;
  const saves = (density: number): boolean => format.expectedBits(shape, density, lanes) < plain;
  if (!saves(1e-6)) return undefined;
  if (saves(1)) return 1;
  let [low, high] = [1e-6, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (saves(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Break-even densities of every format but the plain one, by bits per weight. */
export function breakEvenTable(
  shape: Omit<MatrixShape, "bits">,
  bitChoices: readonly number[],
  lanes: number,
): readonly { readonly format: string; readonly densities: readonly (number | undefined)[] }[] {
  return storageFormats
    .filter(({ name }) => name !== "dense")
    .map((format) => ({
      format: format.name,
      densities: bitChoices.map((bits) => breakEvenDensity(format, { ...shape, bits }, lanes)),
    }));
}
