import { families, type LayerWork, type Mapping } from "../family/index.ts";
import type { EventTrace } from "../golden/index.ts";

/** Count the work of every layer, as its family does it. */
export function countWork(mapping: Mapping, trace: EventTrace): readonly LayerWork[] {
  return families[mapping.choice.family].work(mapping, trace);
}
