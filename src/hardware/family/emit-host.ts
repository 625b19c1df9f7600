// Other doors to the same core: registers on a plain bus or behind AXI4-Lite, and AXI4-Stream. Verification drives the core, so
// nothing of it changes.

import { assertDefined } from "../../base/index.ts";
import { hashNetwork } from "../golden/index.ts";
import {
  hdlFiles,
  registerAddressBits,
  registerHeader,
  registerMap,
  registerTable,
  type DesignFile,
  type RtlDesign,
} from "../rtl/index.ts";
import { observedPorts } from "./emit-frame.ts";
import type { Mapping } from "./family.ts";

/** How a processor reaches the design: `words` are the core's own ports. */
export const hostDoors = ["words", "bus", "axi-lite", "axi-stream"] as const;

export type HostDoor = (typeof hostDoors)[number];

/** The design with another top; with registers, also their C header and table. */
export function withHostDoor(mapping: Mapping, design: RtlDesign, door: HostDoor): RtlDesign {
  if (door === "words") return design;
  const blocks = {
    bus: ["lacuna_registers", "control_registers"],
    "axi-lite": ["lacuna_registers", "control_registers", "axi_lite_bus"],
    "axi-stream": [],
  }[door].map((name): DesignFile => ({ name: `${name}.sv`, text: assertDefined(hdlFiles[`${name}.sv`], name) }));
  const map = registerMap(design.layerCount);
  const documents: DesignFile[] =
    door === "axi-stream"
      ? []
      : [
          { name: "registers.h", text: registerHeader(map) },
          { name: "registers.md", text: registerTable(map) },
        ];
  const body = door === "axi-stream" ? streamTop(design) : registerTop(mapping, design, door);
  const files = design.files.map((file) => {
    if (file.name !== `${design.top}.sv`) return file;
    // The header of the file stays.
    const header = file.text.slice(0, file.text.indexOf("\n\n") + 2);
    return { name: file.name, text: header + body.join("\n") };
  });
  return { ...design, files: [...blocks, ...files, ...documents] };
}

// ---------------------------------------------------------------------------------------------------------------------

function streamTop(design: RtlDesign): string[] {
  return [
    "// Host words and results as AXI4-Stream; the last word of a result is the decision.",
    `module ${design.top} (`,
    "  input  logic        clk_i,",
    "  input  logic        rst_ni,",
    "  input  logic        s_axis_tvalid_i,",
    "  output logic        s_axis_tready_o,",
    "  input  logic [15:0] s_axis_tdata_i,",
    "  output logic        m_axis_tvalid_o,",
    "  input  logic        m_axis_tready_i,",
    "  output logic [15:0] m_axis_tdata_o,",
    "  output logic        m_axis_tlast_o",
    ");",
    ...unusedObservation(design),
    `  ${design.core} u_core (`,
    "    .clk_i, .rst_ni,",
    "    .host_valid_i(s_axis_tvalid_i), .host_ready_o(s_axis_tready_o), .host_data_i(s_axis_tdata_i),",
    "    .result_valid_o(m_axis_tvalid_o), .result_ready_i(m_axis_tready_i), .result_data_o(m_axis_tdata_o),",
    ...observationPorts(design, "unused"),
    "  );",
    "  assign m_axis_tlast_o = m_axis_tdata_o[15];",
    "endmodule",
    "",
  ];
}

function registerTop(mapping: Mapping, design: RtlDesign, door: "bus" | "axi-lite"): string[] {
  const { layerCount, core, top } = design;
  const address = registerAddressBits(registerMap(layerCount));
  const countBits = spikeBits(design);
  const network = hashNetwork(mapping.network).slice(0, 8);
  const busPorts = [
    "  input  logic        bus_valid_i,",
    "  output logic        bus_ready_o,",
    "  input  logic        bus_write_i,",
    `  input  logic [${address - 1}:0]  bus_address_i,`,
    "  input  logic [31:0] bus_data_i,",
    "  output logic [31:0] bus_data_o",
  ];
  const bus = (name: string): string => (door === "bus" ? name : name.replace(/_[io]$/, ""));
  return [
    "// The core behind registers; registers.md and registers.h say what they do.",
    `module ${top} (`,
    "  input  logic        clk_i,",
    "  input  logic        rst_ni,",
    ...(door === "bus" ? busPorts : axiPorts(address)),
    ");",
    ...(door === "bus" ? [] : axiText(address)),
    "  logic host_valid, host_ready, result_valid, result_ready;",
    "  logic [15:0] host_data, result_data;",
    ...observationSignals(design, "seen"),
    `  logic [${layerCount * countBits - 1}:0] spikes;`,
    ...spikeText(design, countBits),
    "",
    "  control_registers #(",
    `    .Inputs(${mapping.network.inputCount}), .Layers(${layerCount}), .CountBits(${countBits}), .AddressBits(${address}), .Network(32'h${network})`,
    "  ) u_registers (",
    "    .clk_i, .rst_ni,",
    `    .bus_valid_i(${bus("bus_valid_i")}), .bus_ready_o(${bus("bus_ready_o")}), .bus_write_i(${bus("bus_write_i")}),`,
    `    .bus_address_i(${bus("bus_address_i")}), .bus_data_i(${door === "bus" ? "bus_data_i" : "bus_written"}), .bus_data_o(${door === "bus" ? "bus_data_o" : "bus_read"}),`,
    "    .host_valid_o(host_valid), .host_ready_i(host_ready), .host_data_o(host_data),",
    "    .result_valid_i(result_valid), .result_ready_o(result_ready), .result_data_i(result_data),",
    "    .spikes_i(spikes)",
    "  );",
    "",
    `  ${core} u_core (`,
    "    .clk_i, .rst_ni,",
    "    .host_valid_i(host_valid), .host_ready_o(host_ready), .host_data_i(host_data),",
    "    .result_valid_o(result_valid), .result_ready_i(result_ready), .result_data_o(result_data),",
    ...observationPorts(design, "seen"),
    "  );",
    "endmodule",
    "",
  ];
}

function axiPorts(address: number): string[] {
  const wide = `[${address - 1}:0]`;
  return [
    "  input  logic        s_axi_awvalid_i,",
    "  output logic        s_axi_awready_o,",
    `  input  logic ${wide}  s_axi_awaddr_i,`,
    "  input  logic        s_axi_wvalid_i,",
    "  output logic        s_axi_wready_o,",
    "  input  logic [31:0] s_axi_wdata_i,",
    "  input  logic [3:0]  s_axi_wstrb_i,",
    "  output logic        s_axi_bvalid_o,",
    "  input  logic        s_axi_bready_i,",
    "  output logic [1:0]  s_axi_bresp_o,",
    "  input  logic        s_axi_arvalid_i,",
    "  output logic        s_axi_arready_o,",
    `  input  logic ${wide}  s_axi_araddr_i,`,
    "  output logic        s_axi_rvalid_o,",
    "  input  logic        s_axi_rready_i,",
    "  output logic [31:0] s_axi_rdata_o,",
    "  output logic [1:0]  s_axi_rresp_o",
  ];
}

function axiText(address: number): string[] {
  return [
    "  logic bus_valid, bus_ready, bus_write;",
    `  logic [${address - 1}:0] bus_address;`,
    "  logic [31:0] bus_written, bus_read;",
    `  axi_lite_bus #(.AddressBits(${address})) u_axi (`,
    "    .clk_i, .rst_ni,",
    "    .s_axi_awvalid_i, .s_axi_awready_o, .s_axi_awaddr_i, .s_axi_wvalid_i, .s_axi_wready_o, .s_axi_wdata_i, .s_axi_wstrb_i,",
    "    .s_axi_bvalid_o, .s_axi_bready_i, .s_axi_bresp_o, .s_axi_arvalid_i, .s_axi_arready_o, .s_axi_araddr_i,",
    "    .s_axi_rvalid_o, .s_axi_rready_i, .s_axi_rdata_o, .s_axi_rresp_o,",
    "    .bus_valid_o(bus_valid), .bus_ready_i(bus_ready), .bus_write_o(bus_write), .bus_address_o(bus_address),",
    "    .bus_data_o(bus_written), .bus_data_i(bus_read)",
    "  );",
    "",
  ];
}

function observationSignals(design: RtlDesign, prefix: string): string[] {
  return observedPorts(design).map(([name, bits]) => `  logic [${bits - 1}:0] ${prefix}_${name};`);
}

function observationPorts(design: RtlDesign, prefix: string): string[] {
  return [
    observedPorts(design)
      .map(([name]) => `    .observe_${name}_o(${prefix}_${name})`)
      .join(",\n"),
  ];
}

function unusedObservation(design: RtlDesign): string[] {
  const names = observedPorts(design).map(([name]) => `unused_${name}`);
  return [...observationSignals(design, "unused"), "  logic unused;", `  assign unused = ^{${names.join(", ")}};`, ""];
}

/** Bits that hold the spikes which a layer can hand over in one cycle. */
function spikeBits({ observation: seen }: RtlDesign): number {
  return Math.ceil(Math.log2(Math.max(1, ...(seen?.lanes ?? [])) + 1));
}

/** Spikes of this cycle by layer, and what of the observation is not needed for them. */
function spikeText({ observation: seen, layerCount }: RtlDesign, bits: number): string[] {
  const lines: string[] = [];
  const ignored = ["seen_address", ...(seen === undefined ? [] : ["seen_end", "seen_step"])];
  let start = 0;
  for (let layer = 0; layer < layerCount; layer++) {
    const slot = `spikes[${layer * bits}+:${bits}]`;
    if (seen === undefined) lines.push(`  assign ${slot} = ${bits}'(seen_valid[${layer}] && !seen_end[${layer}]);`);
    else {
      const lanes = seen.lanes[layer] ?? 1;
      lines.push(`  assign ${slot} = seen_valid[${layer}] ? ${bits}'($countones(seen_mask[${start}+:${lanes}])) : '0;`);
      start += lanes;
    }
  }
  return [...lines, "  logic unused;", `  assign unused = ^{${ignored.join(", ")}};`];
}
