import assert from "node:assert/strict";
import { test } from "node:test";
import { projectFiles, type RtlDesign } from "./index.ts";

const design: RtlDesign = {
  kind: "rtl-design",
  core: "lacuna_core",
  top: "lacuna_bus",
  files: ["ram.sv", "weights_0.hex", "lacuna_core.sv", "lacuna.h", "lacuna_bus.sv"].map((name) => ({ name, text: "" })),
  layerCount: 1,
  loadWords: new Uint16Array(),
};

test("Vivado reads the sources in the design's order, and no memory image as one", () => {
  const [script, constraints] = projectFiles("xilinx7", design, "{}");
  assert.match(
    script?.text ?? "",
    /read_verilog -sv \[list \\\n  ram\.sv \\\n  lacuna_core\.sv \\\n  lacuna_bus\.sv \\\n\]/,
  );
  assert.match(script?.text ?? "", /synth_design -top lacuna_bus -part \$part/);
  assert.equal(constraints?.name, "vivado.xdc");
  assert.match(constraints?.text ?? "", /^create_clock -name clk_i -period 20\.000 \[get_ports clk_i\]$/m);
});

test("nextpnr-ecp5 places the netlist that synthesis made, under the preferences beside it", () => {
  const files = projectFiles("ecp5", design, '{"modules":{}}');
  const texts = new Map(files.map(({ name, text }) => [name, text]));
  assert.equal(texts.get("ecp5.json"), '{"modules":{}}');
  const recipe = texts.get("ecp5.mk") ?? "";
  for (const [option, name] of recipe.matchAll(/--(?:json|lpf) (\S+)/g)) assert.ok(texts.has(name ?? ""), option);
  assert.match(recipe, /^ecp5\.bit: ecp5\.config\n\tecppack /m);
  assert.match(texts.get("ecp5.lpf") ?? "", /^FREQUENCY PORT "clk_i" 50 MHZ;$/m);
});
