import { referenceBackend, wasmBackend, type Backend } from "../../src/compute/index.ts";
import { denseLayer, normalizeLayer, type Network } from "../../src/model/network/index.ts";
import { neuronSpec } from "../../src/model/neuron/index.ts";
import { setSpike, spikeTrain, tensor } from "../../src/model/tensor/index.ts";
import type { Checker, Comparison } from "./checker.ts";
import { compareValues, flatten } from "./compare.ts";

interface Recorded {
  readonly x: readonly (readonly (readonly number[])[])[];
  readonly y_train: unknown;
  readonly state: {
    readonly weight: readonly number[];
    readonly bias: readonly number[];
    readonly running_mean: unknown;
    readonly running_var: unknown;
    /** TEBN's factor of every step. */
    readonly scale?: readonly number[];
  };
}

/** Batch normalization over time and batch, through both back ends. */
export const batchNorms: Checker = {
  kind: "batch normalization",
  accepts: ({ data }) => data["model"] === "tdBN / TEBN",
  check: async ({ data }) => {
    const found: Comparison[] = [];
    for (const [name, layer] of Object.entries(data["layers"] as Readonly<Record<string, Recorded>>)) {
      for (const backend of [referenceBackend, wasmBackend]) found.push(...(await compareLayer(backend, name, layer)));
    }
    return found;
  },
};

// ---------------------------------------------------------------------------------------------------------------------

async function compareLayer(backend: Backend, name: string, { x, y_train, state }: Recorded): Promise<Comparison[]> {
  const network = networkOf(x, state);
  const [stepCount, sampleCount] = [x.length, x[0]?.length ?? 0];
  using executor = await backend.compile(network, {
    surrogate: { kind: "fastSigmoid", slope: 1 },
    detachReset: true,
    maxSampleCount: sampleCount,
    perStep: true,
  });
  const spikes = spikeTrain({ stepCount, sampleCount, neuronCount: stepCount * sampleCount });
  for (let row = 0; row < stepCount * sampleCount; row++) {
    setSpike(spikes, Math.floor(row / sampleCount), row % sampleCount, row);
  }
  const { perStep } = await executor.forward({ kind: "spikes", spikes }, { training: true });
  const perRow = (perStep?.potentials.length ?? 0) / stepCount;
  const got = perStep?.potentials.map((y, i) => y * (state.scale?.[Math.floor(i / perRow)] ?? 1)) ?? [];
  const running = executor.read("weights")[0]?.normalization;
  const label = `${name}, ${backend.name}`;
  const note =
    state.scale === undefined ? {} : { note: "times the recorded factor of each step, which no layer here learns" };
  const bound = { unit: "relative", bound: 1e-5 } as const;
  return [
    compareValues(`${label}: y`, got, flatten(y_train), { ...bound, ...note }),
    compareValues(`${label}: running mean`, running?.mean ?? [], flatten(state.running_mean), bound),
    compareValues(`${label}: running variance`, running?.variance ?? [], flatten(state.running_var), bound),
  ];
}

/** One input for each row of x, whose weights are that row: currents are then x; the potential of a neuron without memory shows y. */
function networkOf(x: Recorded["x"], { weight, bias }: Recorded["state"]): Network {
  const rows = x.flat();
  const channels = weight.length;
  const shell = denseLayer(
    "bn",
    { inputCount: rows.length, neuronCount: channels },
    neuronSpec("leakyIntegrator", { decay: 0 }),
  );
  const normalized = normalizeLayer({ ...shell, weights: tensor([rows.length, channels], flatten(rows)) });
  const { normalization } = normalized;
  const layer = {
    ...normalized,
    bias: tensor([channels], Float32Array.from(bias)),
    ...(normalization && { normalization: { ...normalization, scale: tensor([channels], Float32Array.from(weight)) } }),
  };
  return {
    kind: "network",
    name: "bn",
    inputCount: rows.length,
    stepCount: x.length,
    layers: [layer],
    readout: { kind: "membrane" },
  };
}
