import { quantity, type Quantity } from "../../base/index.ts";
import { geometryOf, type Mapping } from "../family/index.ts";
import { updateAdditions, updateChoiceBits } from "./neuron-work.ts";

// Logic cells before synthesis: bits of adders and choices in the lanes, plus control that grows with address widths. The
// weights below were fitted to placed designs of this generator; `npm run calibrate:area` prints designs and errors.

const perLaneBit = 0.94;
const perAddressBit = 9.3;
const perLayer = 55;
const perDesign = 95;
const relativeBand = 0.2;

/** Logic cells of a mapped design, estimated from its widths. */
export function estimateCells(mapping: Mapping): Quantity {
  const { laneBits, addressBits } = areaFeatures(mapping);
  const value = perDesign + perLayer * mapping.layers.length + perLaneBit * laneBits + perAddressBit * addressBits;
  return quantity(
    Math.round(value),
    "cell",
    "estimated",
    "widths of adders, choices and addresses, fitted to placed designs",
    {
      low: value * (1 - relativeBand),
      high: value * (1 + relativeBand),
    },
  );
}

/** What the estimate is computed from. */
export function areaFeatures(mapping: Mapping): { readonly laneBits: number; readonly addressBits: number } {
  let laneBits = 0;
  let addressBits = 0;
  mapping.network.layers.forEach((layer, index) => {
    const geometry = geometryOf(layer, mapping.layers[index]?.lanes ?? 1);
    const adders = updateAdditions(layer.neuron).reduce((bits, a) => bits + a.bits * a.count, 0);
    laneBits += geometry.lanes * (geometry.sumBits + adders + updateChoiceBits(layer.neuron));
    addressBits += geometry.addressBits + geometry.inputBits + 2 * geometry.groupBits;
  });
  return { laneBits, addressBits };
}
