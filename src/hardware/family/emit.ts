import { assertDefined } from "../../base/index.ts";
import type { Fault, IntegerLayer } from "../golden/index.ts";
import { commentText, type RtlDesign } from "../rtl/index.ts";
import { hasLossyStreams, livingSpikes, sourceText } from "./emit-faults.ts";
import { frameDesign, readoutText, streamDeclaration } from "./emit-frame.ts";
import { neuronParts, neuronText, type NeuronParts } from "./emit-neurons.ts";
import type { HardwareChoice, Mapping } from "./family.ts";
import { drainCycles } from "./fetch.ts";
import { fetchParts, type FetchParts } from "./emit-fetch.ts";
import { addressBits, geometryOf, type Geometry } from "./geometry.ts";

/**
 * SystemVerilog of a mapped network: blocks, neurons, memory images, core and top.
 * @param faults  Dead lanes and lossy events become part of the core; faults of memories do not concern the text.
 */
export function emitDesign(mapping: Mapping, faults: readonly Fault[] = []): RtlDesign {
  const parts = mapping.network.layers.map((_, index) => layerParts(mapping, index));
  const last = parts.length - 1;
  return frameDesign(mapping, {
    blocks: [...blockNames(mapping, parts), ...(hasLossyStreams(faults) ? ["event_saboteur"] : [])],
    files: parts.flatMap(({ files }) => files),
    summary: "the layers work on different time steps at the same time",
    body: [
      ...parts.flatMap((part, index) => layerText(mapping, part, { index, last: index === last, faults })),
      ...readoutText(`l${last}`, mapping),
    ],
    loadWords: parts.flatMap(({ fetch }) => fetch.loadWords),
  });
}

// ---------------------------------------------------------------------------------------------------------------------

interface LayerParts extends NeuronParts {
  readonly layer: IntegerLayer;
  readonly geometry: Geometry;
  readonly fetch: FetchParts;
}

function layerParts(mapping: Mapping, index: number): LayerParts {
  const layer = assertDefined(mapping.network.layers[index], "layer");
  const { lanes } = assertDefined(mapping.layers[index], "mapped layer");
  const fetch = fetchParts(mapping, index);
  const neurons = neuronParts(mapping, index);
  const files = [...neurons.files, ...fetch.files];
  return { layer, geometry: geometryOf(layer, lanes), fetch, ...neurons, files };
}

/** The hand-written blocks that this design instantiates. */
function blockNames(mapping: Mapping, parts: readonly LayerParts[]): string[] {
  const fetches = new Set(parts.map(({ fetch }) => fetch.block));
  const isRecurrent = parts.some(({ layer }) => layer.isRecurrent === true);
  return [
    ...(fetches.has("fetch_conv") ? ["divide_constant"] : []),
    "weight_words",
    ...fetches,
    "update_walk",
    "event_encoder",
    "ram_protected",
    "layer_core",
    ...(isRecurrent ? ["recurrent_join"] : []),
    ...(isRecurrent || mapping.layers.length > 1 ? ["event_fifo"] : []),
  ];
}

function layerText(
  mapping: Mapping,
  part: LayerParts,
  { index, last, faults }: { readonly index: number; readonly last: boolean; readonly faults: readonly Fault[] },
): string[] {
  const { layer, geometry, neuron, fetch } = part;
  const { lanes, groupBits, wordBits, sumBits, stateBits, addressBits: eventBits } = geometry;
  const p = `l${index}`;
  // What the fetch takes: the stream from below, joined with the layer's own spikes where it is recurrent.
  const source = sourceText(faults, index, { addressBits: addressBits(layer.inputCount), events: layer.inputCount });
  const from = layer.isRecurrent === true ? `join${index}` : source.stream;
  return [
    "",
    `  // Layer ${index} "${commentText(layer.name)}": ${layer.inputCount} inputs, neurons 0 to ${layer.neuronCount - 1} in ${geometry.groups} groups of ${lanes}${shapeText(layer)}.`,
    `  logic ${p}_read, ${p}_done, ${p}_done_last, ${p}_accumulating, ${p}_fetch_ready, ${p}_room;`,
    `  logic ${p}_valid, ${p}_ready, ${p}_end, ${p}_last;`,
    `  logic [${groupBits - 1}:0] ${p}_group;`,
    `  logic [${wordBits - 1}:0] ${p}_weights;`,
    `  logic [${eventBits - 1}:0] ${p}_address;`,
    `  logic [${lanes * sumBits - 1}:0] ${p}_sum;`,
    `  logic [${lanes * stateBits - 1}:0] ${p}_state, ${p}_next;`,
    `  logic [${lanes - 1}:0] ${p}_spike;`,
    "",
    ...source.lines,
    ...(layer.isRecurrent === true ? joinText(part, index, source.stream) : []),
    `  assign ${from}_ready = ${p}_fetch_ready && ${p}_accumulating;`,
    `  ${fetch.block} #(`,
    fetch.parameters.map((line) => `    ${line}`).join(",\n"),
    `  ) u_fetch_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .event_valid_i(${from}_valid && ${p}_accumulating), .event_ready_o(${p}_fetch_ready),`,
    `    .event_end_i(${from}_end), .event_last_i(${from}_last), .event_address_i(${from}_address),`,
    `    .done_o(${p}_done), .done_last_o(${p}_done_last),`,
    `    .read_o(${p}_read), .group_o(${p}_group), .weights_o(${p}_weights),`,
    `    .load_start_i(load_start[${index}]), .load_valid_i(load_valid[${index}]), .load_byte_i(load_byte)`,
    "  );",
    "",
    "  layer_core #(",
    coreParameters(mapping, part)
      .map((line) => `    ${line}`)
      .join(",\n"),
    `  ) u_layer_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .read_i(${p}_read), .group_i(${p}_group), .weights_i(${p}_weights), .done_i(${p}_done), .done_last_i(${p}_done_last),`,
    `    .accumulating_o(${p}_accumulating),`,
    `    .neuron_sum_o(${p}_sum), .neuron_state_o(${p}_state), .neuron_spike_i(${livingSpikes(faults, index, lanes)}), .neuron_next_i(${p}_next),`,
    `    .room_i(${p}_room),`,
    `    .event_valid_o(${p}_valid), .event_ready_i(${p}_ready), .event_end_o(${p}_end), .event_last_o(${p}_last),`,
    `    .event_address_o(${p}_address)`,
    "  );",
    ...neuronText(neuron, p, geometry),
    "",
    `  assign observe_valid_o[${index}] = ${p}_valid && ${p}_ready;`,
    `  assign observe_end_o[${index}] = ${p}_end;`,
    `  assign observe_address_o[${16 * index}+:16] = 16'(${p}_address);`,
    ...(last ? [`  assign ${p}_room = 1'b1;`] : fifoText(part, index)),
  ];
}

/** What a reader of the core wants to know of a layer's shape. */
function shapeText({ convolution, isRecurrent }: IntegerLayer): string {
  if (isRecurrent === true) return ", recurrent";
  if (convolution === undefined) return "";
  const { kernelRows, kernelColumns, stride, input, output } = convolution;
  const grid = ({ rows, columns, channels }: typeof input): string => `${rows}x${columns}x${channels}`;
  return `, ${kernelRows}x${kernelColumns} kernel, stride ${stride}, ${grid(input)} to ${grid(output)}`;
}

function coreParameters(mapping: Mapping, { layer, geometry, biasParameters }: LayerParts): string[] {
  const { lanes, sumGroups, groups, words, sumBits, stateBits, events, window } = geometry;
  return [
    `.Events(${events}), .Lanes(${lanes}), .SumGroups(${sumGroups}), .StateGroups(${groups}), .Words(${words})`,
    `.WeightBits(${layer.weightBits}), .SumBits(${sumBits}), .StateBits(${stateBits}), .DrainCycles(${drainCycles(layer, mapping.choice)})`,
    ...(window === undefined
      ? []
      : [
          `.Window(${window.size}), .WindowRows(${window.rows}), .WindowColumns(${window.columns})`,
          `.GridColumns(${window.gridColumns}), .Largest(${window.combine === "largest" ? "1'b1" : "1'b0"})`,
        ]),
    ...protectionParameters(mapping.choice),
    ...biasParameters,
  ];
}

function protectionParameters({ protection = [] }: HardwareChoice): string[] {
  const names = { saturate: "Saturate", triple: "Triple" } as const;
  const given = (["saturate", "triple"] as const).filter((name) => protection.includes(name));
  return given.length === 0 ? [] : [given.map((name) => `.${names[name]}(1'b1)`).join(", ")];
}

/** A recurrent layer's own spikes, held until the next step accumulates. */
function joinText({ layer, geometry }: LayerParts, index: number, source: string): string[] {
  const p = `l${index}`;
  const { addressBits: ownBits, inputBits } = geometry;
  const own = `own${index}`;
  return [
    `  logic ${own}_valid, ${own}_ready, ${own}_end, ${own}_last, unused_${own}_room;`,
    `  logic [${ownBits - 1}:0] ${own}_address;`,
    `  logic join${index}_valid, join${index}_ready, join${index}_end, join${index}_last;`,
    `  logic [${inputBits - 1}:0] join${index}_address;`,
    `  event_fifo #(.Width(${ownBits + 1}), .Depth(${layer.neuronCount + 1})) u_own_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .in_valid_i(${p}_valid && ${p}_ready), .in_end_i(${p}_end), .in_data_i({${p}_last, ${p}_address}),`,
    `    .out_valid_o(${own}_valid), .out_ready_i(${own}_ready), .out_end_o(${own}_end),`,
    `    .out_data_o({${own}_last, ${own}_address}), .room_o(unused_${own}_room)`,
    "  );",
    "  recurrent_join #(",
    `    .InputBits(${addressBits(layer.inputCount)}), .OwnBits(${ownBits}), .AddressBits(${inputBits}), .Offset(${layer.inputCount})`,
    `  ) u_join_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .accumulating_i(${p}_accumulating),`,
    ...(["in", "own", "join"] as const).map((stream) => {
      const to = stream === "join";
      const port = to ? "out" : stream;
      const [out, back] = to ? ["o", "i"] : ["i", "o"];
      const s = stream === "in" ? source : `${stream}${index}`;
      return (
        `    .${port}_valid_${out}(${s}_valid), .${port}_ready_${back}(${s}_ready), .${port}_end_${out}(${s}_end),` +
        ` .${port}_last_${out}(${s}_last), .${port}_address_${out}(${s}_address)${to ? "" : ","}`
      );
    }),
    "  );",
    "",
  ];
}

function fifoText({ geometry }: LayerParts, index: number): string[] {
  const p = `l${index}`;
  const next = index + 1;
  return [
    "",
    ...streamDeclaration(`in${next}`, geometry.addressBits),
    `  // Room for two whole steps; more never wait.`,
    `  event_fifo #(.Width(${geometry.addressBits + 1}), .Depth(${geometry.fifoDepth})) u_fifo_${index} (`,
    "    .clk_i, .rst_ni,",
    `    .in_valid_i(${p}_valid), .in_end_i(${p}_end), .in_data_i({${p}_last, ${p}_address}),`,
    `    .out_valid_o(in${next}_valid), .out_ready_i(in${next}_ready), .out_end_o(in${next}_end),`,
    `    .out_data_o({in${next}_last, in${next}_address}), .room_o(${p}_room)`,
    "  );",
    `  assign ${p}_ready = 1'b1;`,
  ];
}
