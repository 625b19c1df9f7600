// NIRData: recordings beside a graph, on a grid of steps or as events.

import {
  dataGroup,
  dataNumbers,
  dataText,
  memberOf,
  UserError,
  type DataGroup,
  type DataItem,
} from "../../base/index.ts";
import { shownName } from "./graph.ts";

/** What was recorded at the nodes of a graph. */
export interface NirData {
  readonly kind: "nir-data";
  readonly observables: readonly NirObservable[];
}

export interface NirObservable {
  readonly node: string;
  /** What was observed: "spikes", "v", … */
  readonly name: string;
  readonly record: TimeGrid | EventRecord;
}

export interface TimeGrid {
  readonly kind: "time-grid";
  /** Seconds. */
  readonly step: number;
  /** [sample, time, neuron]. */
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

export interface EventRecord {
  readonly kind: "events";
  readonly neuronCount: number;
  /** Seconds. */
  readonly end: number;
  /** One list of events per sample; padding is left out. */
  readonly samples: readonly {
    readonly neurons: Uint32Array;
    /** Seconds. */
    readonly times: Float64Array;
    /** For graded events. */
    readonly values?: Float64Array;
  }[];
}

/** Whether a tree is NIRData rather than a graph. */
export function isNirData(tree: DataGroup): boolean {
  return memberOf(tree, "node") === undefined && memberOf(tree, "nodes")?.kind === "group";
}

/** @throws `nir/data` naming the observable */
export function readNirData(tree: DataGroup, where: string): NirData {
  const observables = groupsIn(memberOf(tree, "nodes")).flatMap(([node, group]) =>
    groupsIn(memberOf(group, "observables")).map(([name, record]): NirObservable => {
      const place = `${where} at ${shownName(node)}, ${shownName(name)}`;
      return { node, name, record: readRecord(record, place) };
    }),
  );
  if (observables.length === 0) throw new UserError("nir/data", `${where}: it holds no observables`, { path: where });
  return { kind: "nir-data", observables };
}

/** The tree of a file that holds `data`; spikes on a grid become whole numbers. */
export function writeNirData(data: NirData): DataGroup {
  const nodes = new Map<string, (readonly [string, DataItem])[]>();
  for (const { node, name, record } of data.observables) {
    nodes.set(node, [...(nodes.get(node) ?? []), [name, writeRecord(record)]]);
  }
  const members = [...nodes].map(([node, observables]) => {
    return [node, dataGroup([["observables", dataGroup(observables)]], typed("NIRNodeData"))] as const;
  });
  return dataGroup([["nodes", dataGroup(members)]], typed("NIRGraphData"));
}

// ---------------------------------------------------------------------------------------------------------------------

function typed(name: string): DataGroup["attributes"] {
  return [["__type__", dataText(name)]];
}

function groupsIn(item: DataItem | undefined): readonly (readonly [string, DataGroup])[] {
  if (item?.kind !== "group") return [];
  return item.members.filter((member): member is [string, DataGroup] => member[1].kind === "group");
}

function readRecord(group: DataGroup, where: string): TimeGrid | EventRecord {
  const type = group.attributes.find(([name]) => name === "__type__")?.[1];
  const name = type?.kind === "texts" ? type.values[0] : undefined;
  if (name === "TimeGriddedData") return readGrid(group, where);
  if (name === "EventData" || name === "ValuedEventData") return readEvents(group, where);
  const known = "TimeGriddedData, EventData, ValuedEventData";
  throw new UserError("nir/data", `${where}: expected ${known}, got ${shownName(name ?? "no __type__")}`);
}

function readGrid(group: DataGroup, where: string): TimeGrid {
  const { shape, values } = numbersIn(group, "data", where);
  if (shape.length !== 3)
    throw new UserError("nir/data", `${where}: data: expected [sample, time, neuron], got [${shape.join(", ")}]`);
  return { kind: "time-grid", step: attributeOf(group, "dt", where), shape, values };
}

function readEvents(group: DataGroup, where: string): EventRecord {
  const index = numbersIn(group, "idx", where);
  const time = numbersIn(group, "time", where);
  const value = memberOf(group, "value");
  const [sampleCount = 0, length = 0] = index.shape;
  if (index.shape.length !== 2 || time.shape.join() !== index.shape.join()) {
    throw new UserError(
      "nir/data",
      `${where}: idx and time: expected one shape [sample, event], got [${index.shape.join(", ")}] and [${time.shape.join(", ")}]`,
    );
  }
  const neuronCount = attributeOf(group, "n_neurons", where);
  const samples = Array.from({ length: sampleCount }, (_, sample) => {
    const all = Array.from({ length }, (_unused, e) => sample * length + e);
    // Shorter samples are filled up with −1 and infinity.
    const kept = all.filter((at) => (index.values[at] ?? -1) >= 0 && Number.isFinite(time.values[at]));
    const wrong = kept.find((at) => (index.values[at] ?? 0) >= neuronCount);
    if (wrong !== undefined) {
      throw new UserError("nir/data", `${where}: idx ${index.values[wrong]} is beyond ${neuronCount} neurons`);
    }
    return {
      neurons: Uint32Array.from(kept, (at) => index.values[at] ?? 0),
      times: Float64Array.from(kept, (at) => time.values[at] ?? 0),
      ...(value?.kind === "numbers" ? { values: Float64Array.from(kept, (at) => value.values[at] ?? 0) } : {}),
    };
  });
  return { kind: "events", neuronCount, end: attributeOf(group, "t_max", where), samples };
}

function numbersIn(group: DataGroup, name: string, where: string): Extract<DataItem, { kind: "numbers" }> {
  const item = memberOf(group, name);
  if (item?.kind === "numbers") return item;
  throw new UserError("nir/data", `${where}: it has no numbers "${name}"`);
}

function attributeOf(group: DataGroup, name: string, where: string): number {
  const leaf = group.attributes.find(([known]) => known === name)?.[1];
  const value = leaf?.kind === "numbers" ? leaf.values[0] : undefined;
  if (value !== undefined && Number.isFinite(value) && value > 0) return value;
  throw new UserError("nir/data", `${where}: it has no attribute ${name} above 0`);
}

function writeRecord(record: TimeGrid | EventRecord): DataGroup {
  if (record.kind === "time-grid") {
    const isWhole = record.values.every((value) => value === 0 || value === 1);
    const type = isWhole ? "int8" : record.values instanceof Float32Array ? "float32" : "float64";
    return dataGroup(
      [["data", dataNumbers(record.values, type, record.shape)]],
      [...typed("TimeGriddedData"), ["dt", dataNumbers(record.step)]],
    );
  }
  const length = record.samples.reduce((most, { times }) => Math.max(most, times.length), 0);
  const shape = [record.samples.length, length];
  const filled = (
    of: (sample: EventRecord["samples"][number], e: number) => number | undefined,
    empty: number,
  ): Float64Array =>
    Float64Array.from(record.samples.flatMap((sample) => Array.from({ length }, (_, e) => of(sample, e) ?? empty)));
  const isValued = record.samples.some(({ values }) => values !== undefined);
  return dataGroup(
    [
      [
        "idx",
        dataNumbers(
          filled(({ neurons }, e) => neurons[e], -1),
          "int64",
          shape,
        ),
      ],
      [
        "time",
        dataNumbers(
          filled(({ times }, e) => times[e], Number.POSITIVE_INFINITY),
          "float64",
          shape,
        ),
      ],
      ...(isValued
        ? [
            [
              "value",
              dataNumbers(
                filled(({ values }, e) => values?.[e], 0),
                "float64",
                shape,
              ),
            ] as const,
          ]
        : []),
    ],
    [
      ...typed(isValued ? "ValuedEventData" : "EventData"),
      ["n_neurons", dataNumbers(record.neuronCount, "int64")],
      ["t_max", dataNumbers(record.end)],
    ],
  );
}
