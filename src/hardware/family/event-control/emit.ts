import { assertDefined } from "../../../base/index.ts";
import { commentText, type RtlDesign } from "../../rtl/index.ts";
import { frameDesign, hostVectorText, readoutText, senderText, wordObservation } from "../emit-frame.ts";
import { layerBlocks, neuronText, type LayerBlock } from "../emit-neurons.ts";
import type { Mapping } from "../family.ts";
import { addressBits } from "../geometry.ts";
import { columnImage } from "../images.ts";
import { listSizes } from "./sizes.ts";

/** SystemVerilog of a network behind spike lists. */
export function emitDesign(mapping: Mapping): RtlDesign {
  const { layers } = mapping;
  const blocks = layerBlocks(mapping, columnImage);
  const last = layers.length - 1;
  return frameDesign(mapping, {
    blocks: [
      "event_encoder",
      "spike_register",
      "vector_chunks",
      ...(last > 0 ? ["step_words"] : []),
      "spike_list",
      "list_core",
      "word_sender",
    ],
    files: blocks.flatMap(({ files }) => files),
    summary: "a layer begins when the one below has handed over all steps of a sample",
    body: [
      ...hostVectorText(mapping),
      ...chunksText(mapping),
      ...blocks.flatMap((block, index) => [
        ...layerText(mapping, index, block),
        ...(index === last ? lastText(mapping) : wordsText(mapping, index)),
      ]),
      ...readoutText("out", mapping, true),
    ],
    loadWords: blocks.flatMap(({ loadWords }) => loadWords),
    observation: { lanes: layers.map(({ lanes }) => lanes) },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** The stream of words `w<index>` and ends that fills the list of a layer. */
function wordsDeclaration(index: number, chunk: number): string[] {
  const w = `w${index}`;
  return [
    `  logic ${w}_valid, ${w}_ready, ${w}_end, ${w}_end_ready, ${w}_last;`,
    `  logic [${chunk - 1}:0] ${w}_word;`,
  ];
}

function chunksText(mapping: Mapping): string[] {
  const { chunk, inputCount } = listSizes(mapping, 0);
  return [
    ...wordsDeclaration(0, chunk),
    `  vector_chunks #(.Inputs(${inputCount}), .Chunk(${chunk})) u_chunks (`,
    "    .clk_i, .rst_ni,",
    "    .full_i(host_full), .last_i(host_last), .spikes_i(host_spikes), .take_o(host_take),",
    "    .word_valid_o(w0_valid), .word_ready_i(w0_ready), .word_o(w0_word),",
    "    .end_valid_o(w0_end), .end_ready_i(w0_end_ready), .last_o(w0_last)",
    "  );",
  ];
}

function layerText(mapping: Mapping, index: number, { parameters, neuron }: LayerBlock): string[] {
  const { network, layers } = mapping;
  const layer = assertDefined(network.layers[index], "layer");
  const { groups, lanes } = assertDefined(layers[index], "mapped layer");
  const { geometry, chunk, inputCount } = listSizes(mapping, index);
  const { sumBits, stateBits, inputBits } = geometry;
  const { stepCount } = network;
  const [p, w] = [`l${index}`, `w${index}`];
  return [
    "",
    `  // Layer ${index} "${commentText(layer.name)}": ${inputCount} inputs, neurons 0 to ${layer.neuronCount - 1}, ${groups} to each of ${lanes} units.`,
    `  logic ${p}_full, ${p}_read, ${p}_final, ${p}_entry_end, ${p}_entry_last, ${p}_clear, ${p}_room;`,
    `  logic ${p}_valid, ${p}_ready, ${p}_last;`,
    `  logic [${inputBits - 1}:0] ${p}_entry;`,
    `  logic [${addressBits(groups) - 1}:0] ${p}_group;`,
    `  logic [${addressBits(stepCount) - 1}:0] ${p}_step;`,
    `  logic [${addressBits(stepCount * groups) - 1}:0] ${p}_word_address;`,
    `  logic [${lanes * sumBits - 1}:0] ${p}_sum;`,
    `  logic [${lanes * stateBits - 1}:0] ${p}_state, ${p}_next;`,
    `  logic [${lanes - 1}:0] ${p}_spike;`,
    `  spike_list #(.Inputs(${inputCount}), .Steps(${stepCount}), .Chunk(${chunk})) u_list_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .word_valid_i(${w}_valid), .word_ready_o(${w}_ready), .word_i(${w}_word),`,
    `    .end_valid_i(${w}_end), .end_ready_o(${w}_end_ready), .last_i(${w}_last),`,
    `    .full_o(${p}_full), .read_i(${p}_read), .end_o(${p}_entry_end), .last_o(${p}_entry_last),`,
    `    .address_o(${p}_entry), .final_o(${p}_final), .clear_i(${p}_clear)`,
    "  );",
    "  list_core #(",
    `    .Inputs(${inputCount}), .Steps(${stepCount}), .Units(${lanes}), .Groups(${groups}),`,
    [`.WeightBits(${layer.weightBits}), .SumBits(${sumBits}), .StateBits(${stateBits})`, ...parameters]
      .map((line) => `    ${line}`)
      .join(",\n"),
    `  ) u_layer_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .full_i(${p}_full), .read_o(${p}_read), .final_i(${p}_final), .end_i(${p}_entry_end), .last_i(${p}_entry_last),`,
    `    .address_i(${p}_entry), .clear_o(${p}_clear), .room_i(${p}_room),`,
    `    .neuron_sum_o(${p}_sum), .neuron_state_o(${p}_state), .neuron_next_i(${p}_next),`,
    `    .out_valid_o(${p}_valid), .out_ready_i(${p}_ready), .out_group_o(${p}_group), .out_step_o(${p}_step),`,
    `    .out_address_o(${p}_word_address), .out_last_o(${p}_last),`,
    `    .load_start_i(load_start[${index}]), .load_valid_i(load_valid[${index}]), .load_byte_i(load_byte)`,
    "  );",
    ...(index === 0 ? [] : [`  assign l${index - 1}_room = ${w}_idle && !${p}_full;`]),
    ...neuronText(neuron, p, { lanes, sumBits, stateBits }),
    ...wordObservation(mapping, index),
  ];
}

/** Spikes of all steps between two layers. */
function wordsText(mapping: Mapping, index: number): string[] {
  const { groups, lanes } = assertDefined(mapping.layers[index], "mapped layer");
  const [p, next] = [`l${index}`, index + 1];
  const w = `w${next}`;
  return [
    ...wordsDeclaration(next, lanes),
    `  logic ${w}_idle;`,
    `  assign ${p}_ready = 1'b1;`,
    `  step_words #(.Steps(${mapping.network.stepCount}), .Words(${groups}), .Width(${lanes})) u_words_${next} (`,
    "    .clk_i, .rst_ni,",
    `    .write_i(${p}_valid), .write_address_i(${p}_word_address), .write_data_i(${p}_spike),`,
    `    .start_i(${p}_clear), .idle_o(${w}_idle),`,
    `    .word_valid_o(${w}_valid), .word_ready_i(${w}_ready), .word_o(${w}_word),`,
    `    .end_valid_o(${w}_end), .end_ready_i(${w}_end_ready), .last_o(${w}_last)`,
    "  );",
  ];
}

function lastText(mapping: Mapping): string[] {
  const index = mapping.layers.length - 1;
  const { lanes, neuronCount } = assertDefined(mapping.layers[index], "last layer");
  const bits = addressBits(neuronCount);
  const p = `l${index}`;
  return [
    "",
    "  logic unused_idle, unused_word_address;",
    `  assign unused_word_address = ^${p}_word_address;`,
    `  assign ${p}_room = 1'b1;`,
    ...senderText(mapping, {
      valid: `${p}_valid`,
      ready: `${p}_ready`,
      word: `${p}_spike`,
      base: `${bits}'(${p}_group) * ${bits}'(${lanes})`,
      last: `${p}_last`,
      idle: "unused_idle",
    }),
  ];
}
