// The host port speaks 16-bit words; the two upper bits say what the rest means. Golden model, testbench, documentation
// and `hdl/` agree through this file.

/** Input spike: bits 13–0 are the address. */
export const spikeWord = (address: number): number => address & 0x3fff;

/** End of a time step; `last` ends the sample as well. */
export const endWord = (last: boolean): number => 0x4000 | (last ? 1 : 0);

/** Select the weight memory of `layer` for loading, from its first row. */
export const selectWord = (layer: number): number => 0x8000 | layer;

/** Eight bits of weights for the selected memory, low bits of a row first. */
export const loadWord = (byte: number): number => 0xc000 | (byte & 0xff);

/**
 * Result stream: one word per class, bits 14–0 the spike count, then one word with bit 15 set and the decided class below.
 */
export const decisionFlag = 0x8000;
