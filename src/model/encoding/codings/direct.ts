import type { Coding } from "../coding.ts";

/** Direct coding: the value as a current in every step; no spikes. */
export interface DirectEncoding {
  readonly kind: "direct";
}

export const direct: Coding<DirectEncoding> = {
  kind: "direct",
  summary: "the value as a current in every step; the first layer multiplies",
  fields: {},
  isDirect: true,
};
