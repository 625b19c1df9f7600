// Generated designs name what belongs to layer l after it: instances `u_layer_l`, `u_fetch_l`, neurons `gen_neuron_ll`, signals `ll_…`
// and `inl_…` between them. Flattening keeps these names as paths with dots, and every cell is called after the nearest of them.

/** Where a cell or a net of a flattened design belongs. */
export interface DesignPlace {
  /** Index of the layer; undefined: of no single layer. */
  readonly layer: number | undefined;
  /** Instances from the core inwards, without those of generate blocks. */
  readonly units: readonly string[];
}

/** Read a flattened name; undefined when a tool made it up. */
export function placeOf(name: string): DesignPlace | undefined {
  if (name.startsWith("$")) return undefined;
  const path = name.split(".");
  if (path[0] === "u_core") path.shift();
  const first = path[0] ?? "";
  const found = /^u_[a-z]+_(\d+)$/.exec(first) ?? /^gen_neuron_l(\d+)\b/.exec(first) ?? /^(?:l|in)(\d+)_/.exec(first);
  const units: string[] = [];
  for (const part of path.slice(0, -1)) {
    if (part.startsWith("u_")) units.push(part);
    else if (!part.startsWith("gen_")) break;
  }
  return { layer: found === null ? undefined : Number(found[1]), units };
}
