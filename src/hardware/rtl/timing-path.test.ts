import assert from "node:assert/strict";
import { test } from "node:test";
import { layersOfPath, readPaths, type ReportedPath } from "./index.ts";

const step = (delay: number, type: string, from: string, to: string): ReportedPath["path"][number] => {
  const pin = (text: string): { readonly cell: string; readonly port: string } => {
    const at = text.lastIndexOf(".");
    return { cell: text.slice(0, at), port: text.slice(at + 1) };
  };
  return { delay, type, from: pin(from), to: pin(to) };
};

const clock = "posedge clk_i$SB_IO_IN_$glb_clk";
const reported: readonly ReportedPath[] = [
  { from: "<async>", to: clock, path: [step(0.5, "source", "rst_ni$sb_io.D_IN_0", "rst_ni$sb_io.D_IN_0")] },
  {
    from: clock,
    to: clock,
    path: [
      step(2, "clk-to-q", "u_core.u_fetch_0.row_q_LC.O", "u_core.u_fetch_0.row_q_LC.O"),
      step(1.5, "routing", "u_core.u_fetch_0.row_q_LC.O", "u_core.gen_neuron_l0[1].u_neuron.v_LC.I3"),
      step(0.2, "logic", "u_core.gen_neuron_l0[1].u_neuron.v_LC.I3", "$nextpnr_ICESTORM_LC_3.O"),
      step(0.3, "logic", "$nextpnr_ICESTORM_LC_3.O", "u_core.l1_ready_LC.O"),
      step(1, "routing", "u_core.l1_ready_LC.O", "u_core.u_readout.count_q_LC.I0"),
    ],
  },
];

test("paths come with their ends, the slowest first, and name the layers that they go through", () => {
  const paths = readPaths(reported);
  assert.deepEqual(
    paths.map(({ from, to, fromClock, toClock, seconds }) => [
      from,
      to,
      fromClock,
      toClock,
      (seconds * 1e9).toFixed(3),
    ]),
    [
      ["u_core.u_fetch_0.row_q_LC.O", "u_core.u_readout.count_q_LC.I0", "clk_i", "clk_i", "5.000"],
      ["rst_ni$sb_io.D_IN_0", "rst_ni$sb_io.D_IN_0", "pad", "clk_i", "0.500"],
    ],
  );
  assert.deepEqual(
    paths.map((path) =>
      layersOfPath(path, ["hidden1", "output"]).map(({ name, seconds }) => `${name} ${(seconds * 1e9).toFixed(1)}`),
    ),
    [['layer "hidden1" 3.7', 'layer "output" 0.3', "u_readout 1.0"], ["top 0.5"]],
  );
});
