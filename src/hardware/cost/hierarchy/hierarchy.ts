// Energy of an inference through a memory hierarchy, weights stored in a format: bits through each component × energy per bit.
//
// Each layer, once per inference: its weights come from DRAM, through the shared buffer's port, into the weight buffer; when they do
// not fit there, they come anew in every step. In each step, spikes move as a bitmap from the shared buffer into the input buffer;
// each spike fetches the weights that it reaches (its row, or what of a kernel lies around it), as the format stores them, and every
// one is added to a sum in the output buffer. New spikes go back to the shared buffer.

import { assertDefined, quantity, type Quantity } from "../../../base/index.ts";
import { indexBits, logicalBits, storageFormats, type IntegerMatrix } from "../../../model/sparsity/index.ts";
import { componentEnergies, defaultSizes, type ComponentName, type HierarchySizes } from "./components.ts";

/** A layer with what happened in it, per inference. */
export interface HierarchyLayer {
  readonly name: string;
  /** The stored weights: a row for each input, or for each kernel position and input channel. */
  readonly matrix: IntegerMatrix;
  readonly stepCount: number;
  /** Inputs that may spike; of a recurrent layer its own neurons as well. */
  readonly inputCount: number;
  readonly neuronCount: number;
  /** Accumulators. */
  readonly sumCount: number;
  readonly spikesIn: number;
  /** Spikes through synapses, whatever their weight. */
  readonly reachedOperations: number;
  /** Spikes through weights that are not zero. */
  readonly effectiveOperations: number;
  /** Bits of a sum. */
  readonly sumBits: number;
}

/** Bits, or additions, through one component. */
export interface HierarchyLine {
  readonly component: ComponentName;
  readonly count: number;
  readonly energy: Quantity;
}

export interface HierarchyEnergy {
  readonly format: string;
  /** Bits that the weights take. */
  readonly weightBits: number;
  readonly lines: readonly HierarchyLine[];
  readonly total: Quantity;
}

/** The formats that are compared, besides plain storage: those of the published study. */
export const hierarchyFormats: readonly string[] = [
  "dense",
  "run length",
  "coordinate payload",
  "offset pairs",
  "bitmap",
];

/** Energy of one layer per inference, weights in a format. */
export function hierarchyEnergy(
  layer: HierarchyLayer,
  formatName: string,
  sizes: HierarchySizes = defaultSizes,
): HierarchyEnergy {
  const format = assertDefined(
    storageFormats.find(({ name }) => name === formatName),
    formatName,
  );
  const weightBits = logicalBits(format.encode(layer.matrix, 1));
  const unit = componentEnergies(sizes, layer.sumBits);
  const lines = countBits(layer, { weightBits, isPlain: format.name === "dense", sizes }).map(
    ([component, count]): HierarchyLine => {
      const { value, source } = unit[component];
      return { component, count, energy: quantity(count * value, "J", "estimated", source) };
    },
  );
  const total = lines.reduce((sum, { energy }) => sum + energy.value, 0);
  return {
    format: format.name,
    weightBits,
    lines,
    total: quantity(total, "J", "estimated", "bits through each component × energy per bit"),
  };
}

/**
 * The density above which a format costs more energy than plain storage in this layer, for weights drawn at random; undefined when it
 * never costs less, 1 when it always does.
 */
export function crossoverDensity(
  layer: HierarchyLayer,
  formatName: string,
  sizes: HierarchySizes = defaultSizes,
): number | undefined {
  const format = assertDefined(
    storageFormats.find(({ name }) => name === formatName),
    formatName,
  );
  const { rows, columns, bits } = layer.matrix;
  const unit = componentEnergies(sizes, layer.sumBits);
  const energyAt = (density: number, name: string): number => {
    const isPlain = name === "dense";
    const weightBits = isPlain ? rows * columns * bits : format.expectedBits(layer.matrix, density, 1);
    const effective = { ...layer, effectiveOperations: layer.reachedOperations * density };
    return countBits(effective, { weightBits, isPlain, sizes }).reduce(
      (sum, [component, count]) => sum + count * unit[component].value,
      0,
    );
  };
  const saves = (density: number): boolean => energyAt(density, formatName) < energyAt(density, "dense");
  if (!saves(1e-6)) return undefined;
  if (saves(1)) return 1;
  let [low, high] = [1e-6, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (saves(middle)) low = middle;
    else high = middle;
  }
  return low;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Bits through each component, and additions, per inference. */
function countBits(
  layer: HierarchyLayer,
  {
    weightBits,
    isPlain,
    sizes,
  }: { readonly weightBits: number; readonly isPlain: boolean; readonly sizes: HierarchySizes },
): readonly (readonly [ComponentName, number])[] {
  const { matrix, stepCount, inputCount, spikesIn, reachedOperations, sumBits } = layer;
  const { rows, columns } = matrix;
  const loads = weightBits <= sizes.weightBits ? 1 : stepCount;
  const fromDram = weightBits * loads;
  const spikesRead = inputCount * stepCount;
  const spikesWritten = layer.neuronCount * stepCount;
  // As it lies in the buffer, metadata included.
  const fetched = rows * columns === 0 ? 0 : (reachedOperations * weightBits) / (rows * columns);
  // Plain rows add zeros too; compressed ones bring their column along, so that a sum can be found.
  const additions = isPlain ? reachedOperations : layer.effectiveOperations;
  const sums = 2 * additions * sumBits + layer.sumCount * stepCount * sumBits;
  const addresses = isPlain ? 0 : additions * indexBits(columns);
  return [
    ["DRAM", fromDram],
    ["link DRAM–shared", fromDram],
    ["shared activation buffer", spikesRead + spikesWritten],
    ["link shared–input", spikesRead + spikesWritten],
    ["input buffer", 2 * spikesRead],
    ["link input–weight", spikesIn * indexBits(inputCount)],
    ["weight buffer", fromDram + fetched],
    ["link weight–output", fetched + addresses],
    ["output buffer", sums],
    ["link output–MAC", sums],
    ["MAC", additions],
  ];
}
