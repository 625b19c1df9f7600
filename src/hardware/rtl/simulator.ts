import { assertDefined } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { DesignFile } from "./design.ts";
import { elaborateNetlist, type Netlist } from "./netlist.ts";
import { simulatorCode } from "./simulator-code.ts";

/**
 * A cycle simulator of one clock domain, two states. One `cycle()` settles the logic for the present inputs, shows the outputs
 * of that cycle, and then clocks every register.
 */
export interface RtlSimulator {
  /** The tool that elaborated the design, with its version. */
  readonly version: string;
  setInput(name: string, value: number): void;
  /** Word `word` (32 bits) of an output port as it was in the last cycle. */
  output(name: string, word?: number): number;
  cycle(): void;
  /** All registers to 0, all memories to their initial content. */
  reset(): void;
  /** Raw access for hot loops: positions of ports in `inputs` and `outputs`. */
  readonly inputs: Int32Array;
  readonly outputs: Int32Array;
  inputIndex(name: string): number;
  outputIndex(name: string): number;
}

/** Elaborate `top` and compile it to a simulator. */
export async function compileSimulator(
  platform: Platform,
  files: readonly DesignFile[],
  top: string,
  signal?: AbortSignal,
): Promise<RtlSimulator> {
  return simulatorOf(await elaborateNetlist(platform, files, top, signal));
}

/** Compile a netlist. The code that runs is made of our own identifiers only. */
export function simulatorOf(netlist: Netlist): RtlSimulator {
  const { code, inputs: inputNames, outputs } = simulatorCode(netlist);
  // oxlint-disable-next-line no-new-func -- printed from cells and numbers; no name from a file is in it
  const compiled = new Function(code)() as {
    readonly input: Int32Array;
    readonly output: Int32Array;
    readonly cycle: () => void;
    readonly reset: () => void;
  };
  const inputIndex = (name: string): number => {
    const index = inputNames.indexOf(name);
    return assertDefined(index < 0 ? undefined : index, `input port ${name}`);
  };
  const outputIndex = (name: string): number => assertDefined(outputs.get(name), `output port ${name}`).start;
  return {
    version: netlist.version,
    setInput: (name, value) => {
      compiled.input[inputIndex(name)] = value;
    },
    output: (name, word = 0) => assertDefined(compiled.output[outputIndex(name) + word], `word ${word} of ${name}`),
    cycle: compiled.cycle,
    reset: compiled.reset,
    inputs: compiled.input,
    outputs: compiled.output,
    inputIndex,
    outputIndex,
  };
}
