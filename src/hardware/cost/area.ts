import { quantity, type Quantity } from "../../base/index.ts";
import { geometryOf, type Mapping } from "../family/index.ts";
import type { IntegerLayer } from "../golden/index.ts";
import { updateAdditions, updateChoiceBits } from "./neuron-work.ts";

// Logic cells before synthesis: bits of adders and choices in the lanes, plus a fixed part per layer for control. The weights
// were fitted to the first half of `areaCalibration`; the band covers the largest error on both halves with room to spare.

const perLaneBit = 0.758;
const perLayer = 162;
/** The walk over positions and its tables; fitted to design 4 of `calibrationMapping`, tested on design 5. */
const perConvolution = 215;
/** The FIFO of a layer's own spikes and the join; fitted to design 8, tested on design 9. */
const perRecurrence = 60;
const relativeBand = 0.15;

/** Logic cells of a mapped design, estimated from its widths. RAM blocks need no estimate: the mapping has them exactly. */
export function estimateCells(mapping: Mapping): Quantity {
  const value = mapping.network.layers.reduce(
    (sum, layer, index) => sum + estimateLayerCells(layer, mapping.layers[index]?.lanes ?? 1),
    0,
  );
  return quantity(
    Math.round(value),
    "cell",
    "estimated",
    "widths of adders and choices, fitted to 8 placed designs and tested on 8 others",
    {
      low: value * (1 - relativeBand),
      high: value * (1 + relativeBand),
    },
  );
}

/** Logic cells of one layer; those of a design add up. */
export function estimateLayerCells(layer: IntegerLayer, lanes: number): number {
  const walk = layer.convolution === undefined ? 0 : perConvolution;
  const join = layer.isRecurrent === true ? perRecurrence : 0;
  return perLayer + walk + join + perLaneBit * layerLaneBits(layer, lanes);
}

/** Bits of adders and choices over all lanes: what the estimate is computed from. */
export function laneBitsOf(mapping: Mapping): number {
  return mapping.network.layers.reduce(
    (total, layer, index) => total + layerLaneBits(layer, mapping.layers[index]?.lanes ?? 1),
    0,
  );
}

// ---------------------------------------------------------------------------------------------------------------------

function layerLaneBits(layer: IntegerLayer, lanes: number): number {
  const adders = updateAdditions(layer.neuron).reduce((bits, { bits: width, count }) => bits + width * count, 0);
  return lanes * (geometryOf(layer, lanes).sumBits + adders + updateChoiceBits(layer.neuron));
}
