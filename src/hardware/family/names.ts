/** Every architecture family, as configurations and flags name it; each has one line in `families`. */
export const familyNames = ["layer-pipeline", "dense", "event-control", "clock-driven", "systolic"] as const;

export type FamilyName = (typeof familyNames)[number];

/**
 * What a design does against faults of its memories: `parity` of weight words, damaged ones read as 0; `triple` state, voted;
 * `saturate`: sums stop at the ends of their format.
 */
export const protections = ["parity", "triple", "saturate"] as const;

export type Protection = (typeof protections)[number];

export const weightStorages = ["dense", "blocks"] as const;

/**
 * How weights lie in memory: `dense` rows, or `blocks`: only the groups of P weights that are not all zero, each with its group
 * number, found through row pointers.
 */
export type WeightStorage = (typeof weightStorages)[number];
