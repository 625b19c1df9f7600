// The same stimuli through a simulator that shares nothing with ours: Verilator reads the SystemVerilog itself, Icarus 11 gets
// the Verilog that Yosys writes, because it reads too little SystemVerilog. Both print one line per observed event.

import { ToolError } from "../../base/index.ts";
import { arriving } from "../golden/index.ts";
import type { EventChecker } from "./checker.ts";
import type { Observation, RtlDesign } from "./design.ts";
import { readSources } from "./netlist.ts";
import { sampleWords } from "./stimuli.ts";
import type { VerifyOptions } from "./verify-options.ts";

/** Run a simulator that is installed on this machine. @throws `tool/missing`, `rtl/simulator` */
export async function runExternal(
  options: VerifyOptions & { readonly simulator: "verilator" | "icarus" },
  checker: EventChecker,
): Promise<{ readonly simulator: string; readonly cycles: number }> {
  const { platform, trace, design, signal } = options;
  const folder = `.lacuna/simulate-${options.simulator}-${platform.clock.now().replaceAll(/[^0-9]/g, "")}`;
  const sources: string[] = [];
  for (const file of design.files) {
    await platform.files.write(`${folder}/${file.name}`, file.text);
    if (file.name.endsWith(".sv")) sources.push(file.name);
  }
  await platform.files.write(`${folder}/words.hex`, stimulusText(options));
  try {
    const run = (command: string, args: readonly string[]): Promise<string> =>
      runTool(options, folder, command, args, signal);
    const version = await prepare(options, folder, sources, run);
    const output =
      options.simulator === "verilator" ? await run("./obj_dir/bench", []) : await run("vvp", ["-n", "bench.vvp"]);
    return { simulator: version, cycles: replay(output, checker, trace.sampleCount) };
  } finally {
    await platform.files.remove(folder);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

type Run = (command: string, args: readonly string[]) => Promise<string>;

async function prepare(
  options: VerifyOptions & { readonly simulator: "verilator" | "icarus" },
  folder: string,
  sources: readonly string[],
  run: Run,
): Promise<string> {
  const { platform, design } = options;
  if (options.simulator === "verilator") {
    await platform.files.write(`${folder}/bench.cpp`, verilatorBench(design));
    const version = (await run("verilator", ["--version"])).trim().split("\n")[0] ?? "Verilator";
    await run("verilator", [
      ...["--cc", "--exe", "--build", "-O3", "-Wno-fatal", "--x-assign", "0", "--x-initial", "0", "--assert"],
      ...["--top-module", design.core, "-o", "bench", "bench.cpp", ...sources],
    ]);
    return version;
  }
  const contents = Object.fromEntries(design.files.map(({ name, text }) => [name, text]));
  const script = `${readSources(design.core, sources)}; proc; flatten; opt; memory_collect; write_verilog -noattr flat.v`;
  const { files, status, log } = await platform.tools.run("yosys", ["-p", script], contents);
  const flat = files["flat.v"];
  if (status !== 0 || flat === undefined) {
    throw new ToolError("rtl/elaborate", "Yosys could not write Verilog", {
      command: "yosys",
      output: log.slice(-4000),
    });
  }
  await platform.files.write(`${folder}/flat.v`, flat);
  await platform.files.write(`${folder}/bench.v`, icarusBench(design, wordCount(options)));
  const version = (await run("iverilog", ["-V"])).split("\n")[0] ?? "Icarus Verilog";
  await run("iverilog", ["-g2012", "-o", "bench.vvp", "bench.v", "flat.v"]);
  return version;
}

async function runTool(
  options: VerifyOptions & { readonly simulator: string },
  folder: string,
  command: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const limits = { folder, timeoutSeconds: 1800, ...(signal === undefined ? {} : { signal }) };
  const { status, output } = await options.platform.processes.run(command, args, limits);
  if (status === 0) return output;
  throw new ToolError("rtl/simulator", `${options.simulator}: ${command} ended with ${status}`, {
    command,
    status,
    output: output.slice(-4000),
    exit: "not-met",
  });
}

/** All words in order; bit 16 marks the first of a sample, bit 17 a load word. */
function stimulusWords({ design, network, trace }: VerifyOptions): number[] {
  const input = arriving(network, trace, 0);
  const words = Array.from(design.loadWords, (word) => word | 0x20000);
  for (let sample = 0; sample < trace.sampleCount; sample++) {
    sampleWords(input, sample).forEach((word, i) => words.push(i === 0 ? word | 0x10000 : word));
  }
  return words;
}

function stimulusText(options: VerifyOptions): string {
  return `${stimulusWords(options)
    .map((word) => word.toString(16).padStart(5, "0"))
    .join("\n")}\n`;
}

function wordCount(options: VerifyOptions): number {
  return stimulusWords(options).length;
}

/** Read "S" (sample begins), "E layer cycle end address", with an observation its step too, "R cycle word", "C cycles" and tell the checker. */
function replay(output: string, checker: EventChecker, sampleCount: number): number {
  let sample = -1;
  let open = false;
  let cycles = 0;
  for (const line of output.split("\n")) {
    const [kind, a = 0, b = 0, c = 0, d = 0, step] = line
      .split(" ")
      .map((part, i) => (i === 0 ? part : Number(part))) as [string, ...number[]];
    if (kind === "S") {
      checker.begin(++sample);
      open = true;
    } else if (kind === "E") checker.event(a, b, c === 1, d, step);
    else if (kind === "R") open = open && !checker.result(a, b);
    else if (kind === "C") cycles = a;
  }
  if (sample !== sampleCount - 1 || open) checker.timeout(cycles);
  return cycles;
}

/** Where the lanes of each layer start in `observe_mask_o`; behind the last layer, how many there are. */
function laneStarts(observation: Observation | undefined): number[] {
  const starts = [0];
  for (const lanes of observation?.lanes ?? []) starts.push((starts.at(-1) ?? 0) + lanes);
  return starts;
}

function verilatorBench({ core, layerCount, observation }: RtlDesign): string {
  const event =
    observation === undefined
      ? `printf("E %d %ld %d %u\\n", l, cycles - first, (int)((dut->observe_end_o >> l) & 1), bits(dut->observe_address_o, 16 * l));`
      : `unsigned base = bits(dut->observe_address_o, 16 * l), step = bits(dut->observe_step_o, 16 * l);
        for (int i = starts_at[l]; i < starts_at[l + 1]; i++)
          if (bits(dut->observe_mask_o, i) & 1) printf("E %d %ld 0 %u %u\\n", l, cycles - first, base + i - starts_at[l], step);
        if ((dut->observe_end_o >> l) & 1) printf("E %d %ld 1 0 %u\\n", l, cycles - first, step);`;
  return `#include <cstdio>
#include <cstdlib>
#include <vector>
#include "V${core}.h"
#include "verilated.h"
double sc_time_stamp() { return 0; }
template <class T> static unsigned bits(const T& value, int at) { return (value >> at) & 0xffff; }
template <std::size_t N> static unsigned bits(const VlWide<N>& value, int at) { return (value[at / 32] >> (at % 32)) & 0xffff; }
int main() {
  std::vector<unsigned> words;
  FILE* file = fopen("words.hex", "r");
  unsigned word;
  const int starts_at[] = {${laneStarts(observation).join(", ")}};
  (void)starts_at;
  while (file && fscanf(file, "%x", &word) == 1) words.push_back(word);
  V${core}* dut = new V${core};
  long cycles = 0, first = 0, idle = 0;
  std::size_t next = 0;
  bool waiting = false;
  dut->clk_i = 0; dut->rst_ni = 0; dut->host_valid_i = 0; dut->result_ready_i = 1;
  for (int i = 0; i < 4; i++) { dut->clk_i = 0; dut->eval(); dut->clk_i = 1; dut->eval(); }
  dut->rst_ni = 1;
  while (next < words.size() || waiting) {
    bool starts = next < words.size() && (words[next] & 0x10000);
    bool offers = next < words.size() && !(starts && waiting);
    dut->clk_i = 0;
    dut->host_valid_i = offers;
    dut->host_data_i = offers ? (words[next] & 0xffff) : 0;
    dut->eval();
    if (offers && dut->host_ready_o) {
      if (starts) { first = cycles; waiting = true; puts("S"); }
      next++;
    }
    for (int l = 0; l < ${layerCount}; l++)
      if ((dut->observe_valid_o >> l) & 1) {
        ${event}
        idle = 0;
      }
    if (dut->result_valid_o) {
      printf("R %ld %u\\n", cycles - first, (unsigned)dut->result_data_o);
      if (dut->result_data_o & 0x8000) waiting = false;
    }
    dut->clk_i = 1;
    dut->eval();
    cycles++;
    if (waiting && ++idle > 2000000) break;
  }
  printf("C %ld\\n", cycles);
  return 0;
}
`;
}

function icarusBench({ core, layerCount, observation }: RtlDesign, count: number): string {
  const starts = laneStarts(observation);
  const wide = observation !== undefined;
  const event = wide
    ? `for (i = 0; i < lanes[l]; i = i + 1)
            if (mask[starts[l] + i]) $display("E %0d %0d 0 %0d %0d", l, cycles - first, address[16*l +: 16] + i, step[16*l +: 16]);
          if (ends[l]) $display("E %0d %0d 1 0 %0d", l, cycles - first, step[16*l +: 16]);`
    : `$display("E %0d %0d %0d %0d", l, cycles - first, ends[l], address[16*l +: 16]);`;
  const declarations = wide
    ? `
  wire [${16 * layerCount - 1}:0] step;
  wire [${(starts.at(-1) ?? 1) - 1}:0] mask;
  integer i, starts [0:${layerCount - 1}], lanes [0:${layerCount - 1}];
  initial begin
    ${observation.lanes.map((lanes, l) => `starts[${l}] = ${starts[l]}; lanes[${l}] = ${lanes};`).join("\n    ")}
  end`
    : "";
  return `module bench;
  reg clk = 0, rst_n = 0, offers = 0, waiting = 0;
  wire host_ready, result_valid;
  wire [15:0] result_data;
  wire [${layerCount - 1}:0] valid, ends;
  wire [${16 * layerCount - 1}:0] address;
  reg [17:0] words [0:${count - 1}];
  integer next = 0, cycles = 0, first = 0, idle = 0, l;
  reg [15:0] data = 0;${declarations}
  ${core} dut (
    .clk_i(clk), .rst_ni(rst_n), .host_valid_i(offers), .host_ready_o(host_ready), .host_data_i(data),
    .result_valid_o(result_valid), .result_ready_i(1'b1), .result_data_o(result_data),
    .observe_valid_o(valid), .observe_end_o(ends), .observe_address_o(address)${wide ? ", .observe_step_o(step), .observe_mask_o(mask)" : ""}
  );
  initial begin
    $readmemh("words.hex", words);
    repeat (4) begin #1 clk = 1; #1 clk = 0; end
    rst_n = 1;
    while (next < ${count} || waiting) begin
      offers = next < ${count};
      if (offers) begin
        if (words[next][16] && waiting) offers = 0;
        data = words[next][15:0];
      end
      #1;
      if (offers && host_ready) begin
        if (words[next][16]) begin first = cycles; waiting = 1; $display("S"); end
        next = next + 1;
      end
      for (l = 0; l < ${layerCount}; l = l + 1)
        if (valid[l]) begin
          ${event}
          idle = 0;
        end
      if (result_valid) begin
        $display("R %0d %0d", cycles - first, result_data);
        if (result_data[15]) waiting = 0;
      end
      clk = 1; #1 clk = 0;
      cycles = cycles + 1;
      idle = idle + 1;
      if (waiting && idle > 2000000) begin $display("C %0d", cycles); $finish; end
    end
    $display("C %0d", cycles);
    $finish;
  end
endmodule
`;
}
