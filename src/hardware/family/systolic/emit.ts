import { assertDefined } from "../../../base/index.ts";
import { commentText, type RtlDesign } from "../../rtl/index.ts";
import { frameDesign, readoutText, senderText, wordObservation } from "../emit-frame.ts";
import { layerBlocks, neuronText, type LayerBlock } from "../emit-neurons.ts";
import type { Mapping } from "../family.ts";
import { addressBits, geometryOf } from "../geometry.ts";
import { columnImage } from "../images.ts";
import { arrayRows } from "./tiles.ts";

/** SystemVerilog of a network on systolic arrays. */
export function emitDesign(mapping: Mapping): RtlDesign {
  const { layers } = mapping;
  const blocks = layerBlocks(mapping, columnImage);
  const last = layers.length - 1;
  return frameDesign(mapping, {
    blocks: [
      "delay_line",
      "time_words",
      "systolic_column",
      "systolic_layer",
      ...(last > 0 ? ["word_turner"] : []),
      "event_encoder",
      "word_sender",
    ],
    files: blocks.flatMap(({ files }) => files),
    summary: "a layer's weights pass once for all steps of a sample",
    body: [
      ...blocks.flatMap((_, index) => entryDeclaration(mapping, index)),
      ...collectText(mapping),
      ...blocks.flatMap((block, index) => [
        ...layerText(mapping, index, block),
        ...(index === last ? lastText(mapping) : turnerText(mapping, index)),
      ]),
      ...readoutText("out", mapping, true),
    ],
    loadWords: blocks.flatMap(({ loadWords }) => loadWords),
    observation: { lanes: layers.map(({ lanes }) => lanes) },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** What a layer's list is filled from. */
function entryDeclaration({ network, layers }: Mapping, index: number): string[] {
  const e = `e${index}`;
  const { inputCount } = assertDefined(layers[index], "layer");
  return [
    `  logic ${e}_valid, ${e}_start, ${e}_idle;`,
    `  logic [${addressBits(inputCount) - 1}:0] ${e}_address;`,
    `  logic [${network.stepCount - 1}:0] ${e}_word;`,
  ];
}

function collectText({ network }: Mapping): string[] {
  return [
    "",
    `  time_words #(.Inputs(${network.inputCount}), .Steps(${network.stepCount})) u_words (`,
    "    .clk_i, .rst_ni,",
    "    .event_valid_i(in0_valid), .event_ready_o(in0_ready), .event_end_i(in0_end), .event_last_i(in0_last),",
    "    .event_address_i(in0_address), .room_i(e0_idle),",
    "    .entry_valid_o(e0_valid), .entry_address_o(e0_address), .entry_word_o(e0_word), .done_o(e0_start)",
    "  );",
  ];
}

function layerText(mapping: Mapping, index: number, { parameters, neuron }: LayerBlock): string[] {
  const { network, layers } = mapping;
  const layer = assertDefined(network.layers[index], "layer");
  const { groups, lanes, inputCount, neuronCount } = assertDefined(layers[index], "mapped layer");
  const { sumBits, stateBits } = geometryOf(layer, lanes);
  const rows = arrayRows(inputCount, lanes);
  const [p, e] = [`l${index}`, `e${index}`];
  const room = index === layers.length - 1 ? "1'b1" : `e${index + 1}_idle`;
  return [
    "",
    `  // Layer ${index} "${commentText(layer.name)}": ${inputCount} inputs, neurons 0 to ${neuronCount - 1}, array of ${rows} x ${lanes}.`,
    `  logic ${p}_valid, ${p}_ready, ${p}_last, ${p}_emitted;`,
    `  logic [${addressBits(groups) - 1}:0] ${p}_group;`,
    `  logic [${addressBits(network.stepCount) - 1}:0] ${p}_step;`,
    `  logic [${lanes * sumBits - 1}:0] ${p}_sum;`,
    `  logic [${lanes * stateBits - 1}:0] ${p}_state, ${p}_next;`,
    `  logic [${lanes - 1}:0] ${p}_spike;`,
    "  systolic_layer #(",
    `    .Inputs(${inputCount}), .Rows(${rows}), .Columns(${lanes}), .Groups(${groups}), .Steps(${network.stepCount}),`,
    [`.WeightBits(${layer.weightBits}), .SumBits(${sumBits}), .StateBits(${stateBits})`, ...parameters]
      .map((line) => `    ${line}`)
      .join(",\n"),
    `  ) u_layer_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .entry_valid_i(${e}_valid), .entry_address_i(${e}_address), .entry_word_i(${e}_word), .start_i(${e}_start),`,
    `    .idle_o(${e}_idle), .room_i(${room}),`,
    `    .neuron_sum_o(${p}_sum), .neuron_state_o(${p}_state), .neuron_next_i(${p}_next),`,
    `    .out_valid_o(${p}_valid), .out_ready_i(${p}_ready), .out_group_o(${p}_group), .out_step_o(${p}_step),`,
    `    .out_last_o(${p}_last), .emitted_i(${p}_emitted),`,
    `    .load_start_i(load_start[${index}]), .load_valid_i(load_valid[${index}]), .load_byte_i(load_byte)`,
    "  );",
    ...neuronText(neuron, p, { lanes, sumBits, stateBits }),
    ...wordObservation(mapping, index),
  ];
}

function turnerText({ network, layers }: Mapping, index: number): string[] {
  const { lanes, neuronCount } = assertDefined(layers[index], "layer");
  const [p, e] = [`l${index}`, `e${index + 1}`];
  const stepBits = addressBits(network.stepCount);
  return [
    `  assign ${p}_ready   = 1'b1;`,
    `  assign ${p}_emitted = ${e}_start;`,
    `  word_turner #(.Lanes(${lanes}), .Steps(${network.stepCount}), .Neurons(${neuronCount})) u_turner_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .word_valid_i(${p}_valid), .word_i(${p}_spike),`,
    `    .word_final_i(${p}_step == ${stepBits}'(${network.stepCount - 1})), .word_last_i(${p}_last),`,
    `    .entry_valid_o(${e}_valid), .entry_address_o(${e}_address), .entry_word_o(${e}_word), .done_o(${e}_start)`,
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
    "  logic unused_idle;",
    `  assign ${p}_emitted = 1'b1;`,
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
