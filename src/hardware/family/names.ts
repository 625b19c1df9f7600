/** Every architecture family, as configurations and flags name it; each has one line in `families`. */
export const familyNames = ["layer-pipeline", "dense", "event-control", "clock-driven", "systolic"] as const;

export type FamilyName = (typeof familyNames)[number];

export const weightStorages = ["dense", "blocks"] as const;

/**
 * How weights lie in memory: `dense` rows, or `blocks`: only the groups of P weights that are not all zero, each with its group
 * number, found through row pointers.
 */
export type WeightStorage = (typeof weightStorages)[number];
