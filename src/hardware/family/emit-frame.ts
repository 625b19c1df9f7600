// What every family's design shares: headers, host port, top, and the ports through which verification looks in.

import { assertDefined, unsignedBits, UserError } from "../../base/index.ts";
import { hashNetwork, type IntegerNetwork } from "../golden/index.ts";
import { commentText, hdlFiles, type DesignFile, type Observation, type RtlDesign } from "../rtl/index.ts";
import type { Family, Mapping } from "./family.ts";
import type { FamilyName } from "./names.ts";
import { addressBits } from "./geometry.ts";

/** Which generator wrote a file; part of every header. */
const generator = "Lacuna 0.1.0";

const core = "lacuna_core";
const top = "lacuna_top";

/** Blocks that every family uses. */
const sharedBlocks = [
  "ram_1r1w",
  "ram_single_port",
  "weight_rom",
  "host_port",
  "readout",
  "add_format",
  "biased_sums",
] as const;

/** What a family adds to the frame. */
export interface DesignParts {
  /** Names of the hand-written blocks, without `.sv`, those that others use first. */
  readonly blocks: readonly string[];
  /** Generated modules and memory images. */
  readonly files: readonly DesignFile[];
  /** How the layers work together; the comment above the core. */
  readonly summary: string;
  /** Inside the core, behind the host port whose events are the stream `in0`; ends in `result_*`. */
  readonly body: readonly string[];
  readonly loadWords: readonly number[];
  readonly observation?: Observation | undefined;
}

/** A design from a family's parts. */
export function frameDesign(mapping: Mapping, parts: DesignParts): RtlDesign {
  const header = headerText(mapping);
  const names = [...sharedBlocks, ...parts.blocks];
  const blocks = names.map((name) => `${name}.sv`).map((name) => ({ name, text: assertDefined(hdlFiles[name], name) }));
  return {
    kind: "rtl-design",
    core,
    top,
    files: [
      ...blocks,
      ...parts.files.map((file) => (file.name.endsWith(".sv") ? { name: file.name, text: header + file.text } : file)),
      { name: `${core}.sv`, text: header + coreText(mapping, parts) },
      { name: `${top}.sv`, text: header + topText(mapping, parts.observation) },
    ],
    layerCount: mapping.layers.length,
    loadWords: Uint16Array.from(parts.loadWords),
    ...(parts.observation === undefined ? {} : { observation: parts.observation }),
  };
}

/** The emission of a family whose designs cannot hold faults. @throws `faults/family` */
export function withoutFaults(name: FamilyName, emit: (mapping: Mapping) => RtlDesign): Family["emit"] {
  return (mapping, faults = []) => {
    if (faults.length === 0) return emit(mapping);
    throw new UserError(
      "faults/family",
      `family "${name}": its designs hold no faults; expected none, got ${faults.length}`,
      {
        hint: 'use family "layer-pipeline"',
      },
    );
  };
}

/** Signals of an event stream. */
export function streamDeclaration(name: string, bits: number): string[] {
  return [
    `  logic ${name}_valid, ${name}_ready, ${name}_end, ${name}_last;`,
    `  logic [${bits - 1}:0] ${name}_address;`,
  ];
}

/** The readout behind stream `name` of one event per spike of a class; `repeats` when a class may fire in cycle after cycle. */
export function readoutText(name: string, { layers, network }: Mapping, repeats = false): string[] {
  const countBits = unsignedBits(network.stepCount);
  const classes = assertDefined(layers.at(-1), "last layer").neuronCount;
  return [
    "",
    `  readout #(.Classes(${classes}), .CountBits(${countBits})${repeats ? ", .Repeats(1'b1)" : ""}) u_readout (`,
    "    .clk_i, .rst_ni,",
    `    .event_valid_i(${name}_valid), .event_ready_o(${name}_ready), .event_end_i(${name}_end), .event_last_i(${name}_last),`,
    `    .event_address_i(${name}_address), .result_valid_o, .result_ready_i, .result_data_o`,
    "  );",
  ];
}

/** Events of the host as one vector per step: `host_spikes`, `host_full`, `host_last`, taken by `host_take`. */
export function hostVectorText({ network }: Mapping): string[] {
  const { inputCount } = assertDefined(network.layers[0], "first layer");
  return [
    "",
    "  // Events of the host become a vector.",
    "  logic host_full, host_last, host_take;",
    `  logic [${inputCount - 1}:0] host_spikes;`,
    `  spike_register #(.Inputs(${inputCount})) u_register (`,
    "    .clk_i, .rst_ni,",
    "    .event_valid_i(in0_valid), .event_ready_o(in0_ready), .event_end_i(in0_end), .event_last_i(in0_last),",
    "    .event_address_i(in0_address), .full_o(host_full), .last_o(host_last), .spikes_o(host_spikes), .take_i(host_take)",
    "  );",
  ];
}

/** How a layer that hands over words of spikes, group by group, shows them to verification. */
export function wordObservation({ layers }: Mapping, index: number): string[] {
  const { lanes } = assertDefined(layers[index], "layer");
  const start = layers.slice(0, index).reduce((sum, layer) => sum + layer.lanes, 0);
  const p = `l${index}`;
  return [
    `  assign observe_valid_o[${index}] = ${p}_valid && ${p}_ready;`,
    `  assign observe_end_o[${index}] = ${p}_last;`,
    `  assign observe_address_o[${16 * index}+:16] = 16'(${p}_group) * 16'd${lanes};`,
    `  assign observe_step_o[${16 * index}+:16] = 16'(${p}_step);`,
    `  assign observe_mask_o[${start}+:${lanes}] = ${p}_spike;`,
  ];
}

/** Words of the last layer as the event stream `out`; expressions that say when, which, from which neuron on, and the last one. */
export function senderText(
  { layers }: Mapping,
  signals: Readonly<Record<"valid" | "ready" | "word" | "base" | "last" | "idle", string>>,
): string[] {
  const { lanes, neuronCount } = assertDefined(layers.at(-1), "last layer");
  const bits = addressBits(neuronCount);
  return [
    "",
    ...streamDeclaration("out", bits),
    `  word_sender #(.Lanes(${lanes}), .AddressBits(${bits})) u_sender (`,
    "    .clk_i, .rst_ni,",
    `    .word_valid_i(${signals.valid}), .word_ready_o(${signals.ready}), .word_i(${signals.word}),`,
    `    .word_base_i(${signals.base}), .word_last_i(${signals.last}),`,
    "    .event_valid_o(out_valid), .event_ready_i(out_ready), .event_end_o(out_end), .event_last_o(out_last),",
    `    .event_address_o(out_address), .idle_o(${signals.idle})`,
    "  );",
  ];
}

// ---------------------------------------------------------------------------------------------------------------------

function headerText({ network, choice, target, layers }: Mapping): string {
  const lanes = layers.map((layer) => layer.lanes).join(", ");
  return [
    `// Generated by ${generator}; do not edit.`,
    `// Network "${commentText(network.name)}", ${shapeOf(network)}, ${network.stepCount} steps, hash ${hashNetwork(network).slice(0, 16)}.`,
    `// Family ${choice.family}, ${choice.weightStorage} weights, lanes ${lanes}, target ${target.name}.`,
    "",
    "",
  ].join("\n");
}

function shapeOf({ inputCount, layers }: IntegerNetwork): string {
  return [inputCount, ...layers.map(({ neuronCount }) => neuronCount)].join("-");
}

/** The ports of core and top that the host sees. */
const hostPorts = [
  "  input  logic        clk_i,",
  "  input  logic        rst_ni,",
  "  input  logic        host_valid_i,",
  "  output logic        host_ready_o,",
  "  input  logic [15:0] host_data_i,",
  "  output logic        result_valid_o,",
  "  input  logic        result_ready_i,",
];

/** What verification sees, by port, with the bits of each. */
export function observedPorts({
  layerCount,
  observation,
}: Pick<RtlDesign, "layerCount" | "observation">): readonly (readonly [string, number])[] {
  return [
    ["valid", layerCount],
    ["end", layerCount],
    ["address", 16 * layerCount],
    ...(observation === undefined
      ? []
      : ([
          ["step", 16 * layerCount],
          ["mask", observation.lanes.reduce((sum, lanes) => sum + lanes, 0)],
        ] as const)),
  ];
}

function topText({ layers }: Mapping, observation: Observation | undefined): string {
  const ports = observedPorts({ layerCount: layers.length, observation });
  return [
    "// What is synthesized: the core with its observation ports left open.",
    `module ${top} (`,
    ...hostPorts,
    "  output logic [15:0] result_data_o",
    ");",
    ...ports.map(([name, bits]) => `  logic [${bits - 1}:0] unused_${name};`),
    "  logic unused;",
    `  assign unused = ^{${ports.map(([name]) => `unused_${name}`).join(", ")}};`,
    "",
    `  ${core} u_core (`,
    "    .clk_i, .rst_ni,",
    "    .host_valid_i, .host_ready_o, .host_data_i,",
    "    .result_valid_o, .result_ready_i, .result_data_o,",
    ports.map(([name]) => `    .observe_${name}_o(unused_${name})`).join(",\n"),
    "  );",
    "endmodule",
    "",
  ].join("\n");
}

function coreText({ network, layers }: Mapping, { summary, body, observation }: DesignParts): string {
  const count = layers.length;
  const inputBits = addressBits(assertDefined(network.layers[0], "first layer").inputCount);
  return [
    `// Host words in, counts and decision out; ${summary}.`,
    `module ${core} (`,
    ...hostPorts,
    "  output logic [15:0] result_data_o,",
    "  // For verification: what each layer hands over.",
    observedPorts({ layerCount: count, observation })
      .map(([name, bits]) => `  output logic [${bits - 1}:0] observe_${name}_o`)
      .join(",\n"),
    ");",
    `  logic [${count - 1}:0] load_start, load_valid;`,
    "  logic [7:0] load_byte;",
    "",
    ...streamDeclaration("in0", inputBits),
    "",
    `  host_port #(.AddressBits(${inputBits}), .Layers(${count})) u_host (`,
    "    .clk_i, .rst_ni, .host_valid_i, .host_ready_o, .host_data_i,",
    "    .event_valid_o(in0_valid), .event_ready_i(in0_ready), .event_end_o(in0_end),",
    "    .event_last_o(in0_last), .event_address_o(in0_address),",
    "    .load_start_o(load_start), .load_valid_o(load_valid), .load_byte_o(load_byte)",
    "  );",
    ...body,
    "endmodule",
    "",
  ].join("\n");
}
