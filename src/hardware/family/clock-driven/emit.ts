import { assertDefined } from "../../../base/index.ts";
import { commentText, type RtlDesign } from "../../rtl/index.ts";
import { frameDesign, hostVectorText, readoutText, senderText } from "../emit-frame.ts";
import { layerBlocks, neuronText, type LayerBlock } from "../emit-neurons.ts";
import type { Mapping } from "../family.ts";
import { addressBits, geometryOf } from "../geometry.ts";
import { denseImage } from "../images.ts";

/** SystemVerilog of a clocked network. */
export function emitDesign(mapping: Mapping): RtlDesign {
  const { layers } = mapping;
  const blocks = layerBlocks(mapping, (layer) => denseImage(layer, layer.neuronCount));
  const last = layers.length - 1;
  return frameDesign(mapping, {
    blocks: ["event_encoder", "spike_register", "round_control", "clocked_layer", "word_sender"],
    files: blocks.flatMap(({ files }) => files),
    summary: "in a round, every layer does one step, each a step behind the one below",
    body: [
      ...hostVectorText(mapping),
      ...controlText(mapping),
      ...blocks.flatMap((block, index) => layerText(mapping, index, block)),
      ...senderText(mapping, {
        valid: `l${last}_update`,
        word: `l${last}_spike`,
        base: "'0",
        last: `l${last}_last`,
        ready: "unused_ready",
        idle: "sent",
      }),
      ...readoutText("out", mapping),
    ],
    loadWords: blocks.flatMap(({ loadWords }) => loadWords),
    observation: { lanes: layers.map(({ neuronCount }) => neuronCount) },
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function controlText({ layers }: Mapping): string[] {
  const count = layers.length;
  return [
    "",
    `  logic [${count - 1}:0] idle;`,
    `  logic start, sent, done, unused_ready;`,
    `  round_control #(.Layers(${count})) u_control (`,
    "    .clk_i, .rst_ni,",
    "    .full_i(host_full), .last_i(host_last), .idle_i(idle), .sent_i(sent), .done_i(done),",
    "    .start_o(start), .take_o(host_take)",
    "  );",
  ];
}

function layerText({ network, choice }: Mapping, index: number, { parameters, neuron }: LayerBlock): string[] {
  const layer = assertDefined(network.layers[index], "layer");
  const { inputCount, neuronCount, weightBits, isRecurrent } = layer;
  const { sumBits, stateBits } = geometryOf(layer, neuronCount);
  const [p, below] = [`l${index}`, `l${index - 1}`];
  const last = index === network.layers.length - 1;
  const from =
    index === 0
      ? ".valid_i(host_take), .last_i(host_last), .spikes_i(host_spikes)"
      : `.valid_i(${below}_valid), .last_i(${below}_last), .spikes_i(${below}_spikes)`;
  const before = network.layers.slice(0, index).reduce((sum, { neuronCount: count }) => sum + count, 0);
  const stepBits = addressBits(network.stepCount);
  return [
    "",
    `  // Layer ${index} "${commentText(layer.name)}": ${inputCount} inputs${isRecurrent === true ? " and its own spikes" : ""}, neurons 0 to ${neuronCount - 1}, all at once.`,
    `  logic ${p}_valid, ${p}_last, ${p}_update;`,
    `  logic [${neuronCount - 1}:0] ${p}_spikes, ${p}_spike;`,
    `  logic [${neuronCount * sumBits - 1}:0] ${p}_sum;`,
    `  logic [${neuronCount * stateBits - 1}:0] ${p}_state, ${p}_next;`,
    "  clocked_layer #(",
    [
      `.Inputs(${inputCount}), .Neurons(${neuronCount}), .WeightBits(${weightBits}), .SumBits(${sumBits}), .StateBits(${stateBits})`,
      `.Recurrent(1'b${isRecurrent === true ? 1 : 0}), .ZeroTest(1'b${choice.zeroTest === false ? 0 : 1})`,
      ...parameters,
    ]
      .map((line) => `    ${line}`)
      .join(",\n"),
    `  ) u_layer_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .start_i(start), ${from}, .idle_o(idle[${index}]),`,
    `    .valid_o(${p}_valid), .last_o(${p}_last), .spikes_o(${p}_spikes), .update_o(${p}_update),`,
    `    .neuron_sum_o(${p}_sum), .neuron_state_o(${p}_state), .neuron_spike_i(${p}_spike), .neuron_next_i(${p}_next),`,
    `    .load_start_i(load_start[${index}]), .load_valid_i(load_valid[${index}]), .load_byte_i(load_byte)`,
    "  );",
    ...neuronText(neuron, p, { lanes: neuronCount, sumBits, stateBits }),
    ...(last
      ? [
          `  logic unused_${p};`,
          `  assign unused_${p} = ^{${p}_valid, ${p}_spikes};`,
          `  assign done = ${p}_update && ${p}_last;`,
        ]
      : []),
    "",
    "  // The step is counted for those who look in.",
    `  logic [${stepBits - 1}:0] ${p}_step_q;`,
    "  always_ff @(posedge clk_i) begin",
    `    if (!rst_ni) ${p}_step_q <= '0;`,
    `    else if (${p}_update) ${p}_step_q <= ${p}_last ? '0 : ${p}_step_q + 1'b1;`,
    "  end",
    `  assign observe_valid_o[${index}] = ${p}_update;`,
    `  assign observe_end_o[${index}] = 1'b1;`,
    `  assign observe_address_o[${16 * index}+:16] = 16'd0;`,
    `  assign observe_step_o[${16 * index}+:16] = 16'(${p}_step_q);`,
    `  assign observe_mask_o[${before}+:${neuronCount}] = ${p}_spike;`,
  ];
}
