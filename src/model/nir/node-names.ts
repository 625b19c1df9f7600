import { assertDefined } from "../../base/index.ts";
import type { Layer } from "../network/index.ts";

/** Names of nodes: those of layers as far as NIR can hold them, each once. */
export interface NodeNames {
  /** Of a layer's neurons. */
  of(layer: Layer): string;
  /** A name that nothing else has. */
  own(wanted: string): string;
}

/** Names for the nodes of these layers. */
export function nodeNames(layers: readonly Layer[]): NodeNames {
  const taken = new Set<string>();
  const own = (wanted: string): string => {
    // A slash would be a path in HDF5, and readers of ours refuse control characters and names that fill pages.
    const plain = [...wanted.replaceAll("/", ".").replaceAll(/\p{Cc}/gu, "_")].slice(0, 900).join("");
    const base = plain === "" || plain === "." ? "layer" : plain;
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    return name;
  };
  const names = new Map(layers.map((layer) => [layer, own(layer.name)]));
  return { of: (layer) => assertDefined(names.get(layer), "layer"), own };
}
