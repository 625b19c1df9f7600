// The slowest paths that nextpnr reports, as its JSON has them.

import { placeOf } from "./design-names.ts";

/** A piece of a path: through a cell, or over a wire. */
export interface TimingStep {
  readonly seconds: number;
  readonly type: string;
  readonly cell: string;
  readonly port: string;
}

/** The slowest path from one clock, or the pads, to another. */
export interface TimingPath {
  /** "cell.port" of its ends. */
  readonly from: string;
  readonly to: string;
  readonly fromClock: string;
  readonly toClock: string;
  readonly seconds: number;
  readonly steps: readonly TimingStep[];
}

/** As much of nextpnr's JSON report as paths need. */
export interface ReportedPath {
  readonly from: string;
  readonly to: string;
  readonly path: readonly {
    readonly delay: number;
    readonly type: string;
    readonly from: { readonly cell: string; readonly port: string };
    readonly to: { readonly cell: string; readonly port: string };
  }[];
}

/** The paths, the slowest first. */
export function readPaths(reported: readonly ReportedPath[]): readonly TimingPath[] {
  return reported
    .flatMap(({ from, to, path }): TimingPath[] => {
      const [first, last] = [path[0], path.at(-1)];
      if (first === undefined || last === undefined) return [];
      const steps = path.map(({ delay, type, to: { cell, port } }) => ({ seconds: delay * 1e-9, type, cell, port }));
      return [
        {
          from: `${first.from.cell}.${first.from.port}`,
          to: `${last.to.cell}.${last.to.port}`,
          fromClock: clockName(from),
          toClock: clockName(to),
          seconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
          steps,
        },
      ];
    })
    .sort((a, b) => b.seconds - a.seconds);
}

/** The layers that a path goes through, in order, with the seconds spent in each; what belongs to no layer has its unit's name. */
export function layersOfPath(
  { steps }: TimingPath,
  layerNames: readonly string[],
): readonly { readonly name: string; readonly seconds: number }[] {
  const found: { readonly name: string; seconds: number }[] = [];
  for (const { cell, seconds } of steps) {
    const name = layerOfCell(cell, layerNames);
    const last = found.at(-1);
    // Carries that place and route added have names of the tool's own: they lie on the way.
    if (last !== undefined && (last.name === name || placeOf(cell) === undefined)) last.seconds += seconds;
    else found.push({ name, seconds });
  }
  return found;
}

/** `layer "hidden1"`, or the unit outside the layers, or the pads. */
export function layerOfCell(cell: string, layerNames: readonly string[]): string {
  const place = placeOf(cell);
  const layer = place?.layer === undefined ? undefined : layerNames[place.layer];
  return layer === undefined ? (place?.units[0] ?? "top") : `layer "${layer}"`;
}

// ---------------------------------------------------------------------------------------------------------------------

/** nextpnr's "posedge clk_i$SB_IO_IN_$glb_clk" is "clk_i"; "<async>" are the pads. */
function clockName(text: string): string {
  return text === "<async>" ? "pad" : (text.split(" ").at(-1)?.split("$")[0] ?? text);
}
