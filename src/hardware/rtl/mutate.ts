// Small faults put into emitted SystemVerilog, to measure whether verification would notice them. Works on text: the sources are
// our own and formatted, and a mutant must show its line to people.

import type { DesignFile, RtlDesign } from "./design.ts";

/** One fault: in `file`, the characters from `start` on read `before` and become `after`. */
export interface Mutation {
  readonly operator: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly start: number;
  readonly before: string;
  readonly after: string;
}

/** Every fault that the operators know, in the order of files; parameter defaults, comments and assertions are left alone. */
export function mutationsOf(design: RtlDesign): readonly Mutation[] {
  return design.files
    .filter(({ name }) => name.endsWith(".hex") || (name.endsWith(".sv") && name !== `${design.top}.sv`))
    .flatMap((file) => fileMutations(file));
}

/** The design with the fault in it. */
export function applyMutation(design: RtlDesign, { file, start, before, after }: Mutation): RtlDesign {
  const files = design.files.map((item) =>
    item.name === file
      ? { ...item, text: item.text.slice(0, start) + after + item.text.slice(start + before.length) }
      : item,
  );
  return { ...design, files };
}

// ---------------------------------------------------------------------------------------------------------------------

interface Operator {
  readonly name: string;
  /** What stands at a match may become; none: leave it. The named group `it` is replaced, else the whole match. */
  readonly pattern: RegExp;
  readonly replace: (it: string) => readonly string[];
}

const swap =
  (table: Readonly<Record<string, string>>) =>
  (it: string): readonly string[] =>
    table[it] === undefined ? [] : [table[it]];

const operators: readonly Operator[] = [
  { name: "arithmetic", pattern: / (?<it>[-+*]) /g, replace: swap({ "+": "-", "-": "+", "*": "+" }) },
  {
    name: "comparison",
    pattern: / (?<it>==|!=|<|>|>=) /g,
    replace: swap({ "==": "!=", "!=": "==", "<": "<=", ">": ">=", ">=": ">" }),
  },
  {
    name: "logic",
    pattern: / (?<it>&&|\|\||&|\||\^|<<<|>>>) /g,
    replace: swap({ "&&": "||", "||": "&&", "&": "|", "|": "&", "^": "&", "<<<": ">>>", ">>>": "<<<" }),
  },
  {
    name: "constant",
    pattern: /(?<![\w'.$])(?:\d+'s?[db])?\d+(?![\w'])/g,
    replace: (it) => [neighbor(it, 1), neighbor(it, -1)].filter((text) => text !== undefined),
  },
  { name: "slice width", pattern: /(?<it>-1:0|\+:\w+)\]/g, replace: (it) => [it === "-1:0" ? "-2:0" : `${it}-1`] },
  {
    name: "reset value",
    pattern: /(?<=if \(!rst_ni\)(?:(?!\bend\b|\belse\b)[^])*<= )(?<it>'0|1'b[01])(?=;)/g,
    replace: swap({ "'0": "'1", "1'b0": "1'b1", "1'b1": "1'b0" }),
  },
  {
    name: "negated condition",
    pattern: /\bif (?<it>\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))/g,
    replace: (it) => [`(!${it})`],
  },
  {
    name: "dropped assignment",
    pattern: /(?<=\n *|\) |else |begin |: )(?<it>\w+(?:\[[^\]]*\])? +<= [^;]+);/g,
    replace: () => [""],
  },
  {
    name: "handshake tied",
    pattern: /assign +\w*(?:valid|ready|room)\w* += (?<it>[^;]+);/g,
    replace: () => ["1'b1", "1'b0"],
  },
  { name: "handshake tied", pattern: /\.\w*(?:valid|ready|room)_i\((?<it>[^()]*)\)/g, replace: () => ["1'b1", "1'b0"] },
];

/** A literal one higher or lower, when it fits its width. */
function neighbor(literal: string, change: 1 | -1): string | undefined {
  const [, head = "", width = "", base = "", digits = ""] = /^((\d+)'s?([db]))?(\d+)$/.exec(literal) ?? [];
  const radix = base === "b" ? 2 : 10;
  const value = Number.parseInt(digits, radix) + change;
  const isTooWide = width !== "" && value >= 2 ** Number(width);
  return value < 0 || isTooWide
    ? undefined
    : head + value.toString(radix).padStart(base === "b" ? digits.length : 0, "0");
}

function fileMutations(file: DesignFile): Mutation[] {
  if (file.name.endsWith(".hex")) return imageMutations(file);
  const code = visibleCode(file.text);
  return operators.flatMap(({ name, pattern, replace }) =>
    [...code.matchAll(pattern)].flatMap((match) => {
      const it = match.groups?.["it"] ?? match[0];
      const start = match.index + match[0].indexOf(it);
      return replace(it).map((after) => mutation(file, name, start, it, after));
    }),
  );
}

/** Each digit of a memory image with one bit flipped: the lowest, second, … in turn. */
function imageMutations(file: DesignFile): Mutation[] {
  return [...blank(file.text, /\/\/.*/g).matchAll(/[0-9a-f]/g)].map(({ 0: digit, index }, i) => {
    const flipped = (Number.parseInt(digit, 16) ^ (1 << (i % 4))).toString(16);
    return mutation(file, "memory bit", index, digit, flipped);
  });
}

function mutation(
  { name, text }: DesignFile,
  operator: string,
  start: number,
  before: string,
  after: string,
): Mutation {
  return { operator, file: name, line: text.slice(0, start).split("\n").length, start, before, after };
}

/** The text with everything blanked that is not logic; positions stay. */
function visibleCode(text: string): string {
  const hidden = [/\/\/.*/g, /`ifndef SYNTHESIS[^]*?`endif/g, /"[^"\n]*"/g, /\(\*[^]*?\*\)/g, /^ *parameter .*$/gm];
  return hidden.reduce(blank, text);
}

function blank(text: string, what: RegExp): string {
  return text.replaceAll(what, (found) => found.replaceAll(/[^\n]/g, " "));
}
