import { assertDefined } from "../../base/index.ts";
import type { Platform } from "../../platform/index.ts";
import type { DesignFile } from "./design.ts";
import { elaborateNetlist, type Netlist } from "./netlist.ts";
import { simulatorCode } from "./simulator-code.ts";

export type BitEdit = "flip" | 0 | 1;

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
  /** Power on: all memories to their initial content; registers and the rest to words of `random`, to 0 without it. */
  reset(random?: () => number): void;
  /** Only the memories to their initial content: before a reset, random registers may have written to them. */
  loadMemories(): void;
  /**
   * Change one bit of a memory between two cycles: turn it over, or give it a value.
   * @param instance  Path of the memory's instance or of one around it that holds no other memory: `u_layer_0.u_states`.
   */
  editMemory(instance: string, word: number, bit: number, edit: BitEdit): void;
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
  const { code, inputs: inputNames, outputs, memories } = simulatorCode(netlist);
  // oxlint-disable-next-line no-new-func -- printed from cells and numbers; no name from a file is in it
  const compiled = new Function(code)() as {
    readonly input: Int32Array;
    readonly output: Int32Array;
    readonly memories: readonly (readonly Int32Array[])[];
    readonly cycle: () => void;
    readonly reset: (random: () => number) => void;
    readonly load: (random: () => number) => void;
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
    reset: (random = () => 0) => compiled.reset(random),
    loadMemories: () => compiled.load(() => 0),
    editMemory: (instance, word, bit, edit) => {
      const found = memories.findIndex(({ path }) => path.startsWith(`${instance}.`));
      const chunks = assertDefined(memories[found], `memory ${instance}`).chunks;
      const k = chunks.findIndex(({ start, width }) => bit >= start && bit < start + width);
      const values = assertDefined(compiled.memories[found]?.[k], `bit ${bit} of ${instance}`);
      const mask = 1 << (bit - assertDefined(chunks[k], "chunk").start);
      const value = assertDefined(values[word], `word ${word} of ${instance}`);
      values[word] = edit === "flip" ? value ^ mask : edit === 1 ? value | mask : value & ~mask;
    },
    inputs: compiled.input,
    outputs: compiled.output,
    inputIndex,
    outputIndex,
  };
}
