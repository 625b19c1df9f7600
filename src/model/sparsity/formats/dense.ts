import type { StorageFormat } from "./format.ts";

/** Every value, zero or not. */
export const dense: StorageFormat = {
  name: "dense",
  title: "every value, zero or not",
  encode: ({ values, bits, columns }, lanes) => ({
    memories: [
      {
        name: "values",
        role: "payload",
        width: bits,
        words: Array.from(values),
        pack: { count: lanes, rowLength: columns },
      },
    ],
  }),
  decode: ({ memories }) => [...(memories[0]?.words ?? [])],
  expectedBits: ({ rows, columns, bits }) => rows * columns * bits,
  rowReads: ({ rows, columns }, lanes) => {
    const reads = Math.ceil(columns / lanes);
    return Array.from({ length: rows }, () => ({ cycles: reads, metadataReads: 0, payloadReads: reads }));
  },
};
