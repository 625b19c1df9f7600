// What the vendors' tools need to place and time a design, beside its SystemVerilog. They are written, not run here.

import type { DesignFile, RtlDesign } from "./design.ts";
import type { TechnologyName } from "./technology.ts";

/** Clock that the project files ask for until somebody changes them. */
const defaultMegahertz = 50;

/**
 * Scripts and constraints for the tools of a technology, to be run in the design's folder.
 *
 * @param netlist  What Yosys synthesized, as JSON; nextpnr begins there, Vivado with the SystemVerilog.
 */
export function projectFiles(technology: TechnologyName, design: RtlDesign, netlist: string): readonly DesignFile[] {
  return projects[technology](design, netlist);
}

// ---------------------------------------------------------------------------------------------------------------------

const projects: Readonly<Record<TechnologyName, (design: RtlDesign, netlist: string) => readonly DesignFile[]>> = {
  ecp5: ({ top }, netlist) => [
    { name: "ecp5.json", text: netlist },
    { name: "ecp5.lpf", text: lpfText },
    { name: "ecp5.mk", text: makefileText(top) },
  ],
  xilinx7: (design) => [
    { name: "vivado.tcl", text: vivadoText(design) },
    { name: "vivado.xdc", text: xdcText },
  ],
};

const lpfText = `# Preferences for nextpnr-ecp5 and Lattice Diamond. Add a LOCATE and an IOBUF line per pin of your board, such as
#   LOCATE COMP "clk_i" SITE "P3";
#   IOBUF PORT "clk_i" IO_TYPE=LVCMOS33;
BLOCK RESETPATHS;
BLOCK ASYNCPATHS;
FREQUENCY PORT "clk_i" ${defaultMegahertz} MHZ;
`;

function makefileText(top: string): string {
  return `# Places, routes and packs ${top} for an ECP5 with nextpnr-ecp5 and ecppack (Project Trellis):
#   make -f ecp5.mk DEVICE=25k PACKAGE=CABGA256
# Synthesis is done: ecp5.json. Without LOCATE lines in ecp5.lpf the pins lie anywhere: good for timing, not for a board.
DEVICE ?= 25k
PACKAGE ?= CABGA256
SPEED ?= 6
MEGAHERTZ ?= ${defaultMegahertz}

ecp5.bit: ecp5.config
\tecppack --compress $< $@

ecp5.config: ecp5.json ecp5.lpf
\tnextpnr-ecp5 --$(DEVICE) --package $(PACKAGE) --speed $(SPEED) --freq $(MEGAHERTZ) \\
\t  --json ecp5.json --lpf ecp5.lpf --lpf-allow-unconstrained --textcfg $@ --report ecp5-report.json

clean:
\trm -f ecp5.bit ecp5.config ecp5-report.json

.PHONY: clean
`;
}

const xdcText = `# Constraints for Vivado. Add a PACKAGE_PIN and an IOSTANDARD line per pin of your board, such as
#   set_property -dict {PACKAGE_PIN W5 IOSTANDARD LVCMOS33} [get_ports clk_i]
create_clock -name clk_i -period ${(1000 / defaultMegahertz).toFixed(3)} [get_ports clk_i]
`;

function vivadoText({ top, files }: RtlDesign): string {
  const sources = files.map(({ name }) => name).filter((name) => name.endsWith(".sv"));
  return `# Synthesizes, places, routes and times ${top} for a 7-series part:
#   vivado -mode batch -source vivado.tcl -tclargs xc7a35tcpg236-1
# Without pins in vivado.xdc there is no bitstream, but every report.
set part [expr {$argc > 0 ? [lindex $argv 0] : "xc7a35tcpg236-1"}]

# Memory images lie beside the sources and are opened by name.
cd [file dirname [file normalize [info script]]]
file mkdir vivado

read_verilog -sv [list \\
${sources.map((name) => `  ${name} \\`).join("\n")}
]
read_xdc vivado.xdc

synth_design -top ${top} -part $part
opt_design
place_design
phys_opt_design
route_design

report_utilization -hierarchical -file vivado/utilization.txt
report_timing_summary -file vivado/timing.txt
report_power -file vivado/power.txt
write_checkpoint -force vivado/${top}.dcp

if {[llength [get_ports -filter {PACKAGE_PIN == ""}]] == 0} {
  write_bitstream -force vivado/${top}.bit
} else {
  puts "no bitstream: give every port a PACKAGE_PIN and an IOSTANDARD in vivado.xdc"
}
`;
}
