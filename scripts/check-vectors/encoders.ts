// Encoders of snnTorch and SpikingJelly: spikes compared exactly; random ones by torch's own uniform numbers where the seed is
// recorded, else by their mean within four standard deviations.

import { randomStream } from "../../src/base/index.ts";
import {
  defaultEncoding,
  deltaSigns,
  encode,
  firesAt,
  gaussianDrive,
  integrateSteps,
  latencyRamp,
  latencyTimes,
  regularSteps,
  type Complete,
  type Encoding,
  type LatencyEncoding,
} from "../../src/model/encoding/index.ts";
import { countSpikes, hasSpike } from "../../src/model/tensor/index.ts";
import type { Checker, Comparison } from "./checker.ts";
import { compareExactly, compareValues, flatten } from "./compare.ts";
import { readAll } from "./parameters.ts";
import { torchUniforms } from "./torch-random.ts";

export const encodersChecker: Checker = {
  kind: "encoders",
  accepts: ({ data }) => typeof data["encoders"] === "object" && data["encoders"] !== null,
  check: ({ data }) => {
    const cases = Object.entries(data["encoders"] as Readonly<Record<string, Case>>);
    const stepCount = cases.map(([, { params }]) => params?.["num_steps"]).find((steps) => typeof steps === "number");
    return cases.map(([name, item]) => {
      const rule = rules.find(([prefix]) => name.startsWith(prefix));
      if (rule === undefined) return { what: name, values: 1, differing: 1, note: "no rule for this encoder" };
      return readAll(name, item.params ?? {}, (params) => {
        const watched = item.params === undefined ? item : { ...item, params: params as Case["params"] & object };
        return rule[1](name, watched, stepCount ?? 16);
      });
    });
  },
};

// ---------------------------------------------------------------------------------------------------------------------

interface Case {
  readonly params?: Readonly<Record<string, number | boolean>>;
  readonly data?: unknown;
  readonly output?: unknown;
  readonly [key: string]: unknown;
}

type Rule = (name: string, item: Case, stepCount: number) => Comparison;

/** By the beginning of the case's name; the longer ones first. */
const rules: readonly (readonly [string, Rule])[] = [
  ["latency_code_times", checkTimes],
  ["latency", (name, item) => (item["T"] === undefined ? checkLatency(name, item) : checkJellyLatency(name, item))],
  ["delta", checkDelta],
  ["rate", checkRate],
  ["target_rate_code", checkRegular],
  ["weighted_phase", checkPhase],
  ["population_deterministic", checkPopulation],
  ["poisson", checkPoisson],
];

function snnTorchLatency(params: Case["params"] = {}): Complete<LatencyEncoding> {
  return {
    kind: "latency",
    shape: params["linear"] === true ? "linear" : "log",
    threshold: Number(params["threshold"] ?? 0.01),
    clip: params["clip"] === true,
    normalize: params["normalize"] === true ? "latest" : "none",
    tau: Number(params["tau"] ?? 1),
    firstStep: Number(params["first_spike_time"] ?? 0),
  };
}

function checkLatency(what: string, { params, data, output }: Case): Comparison {
  const stepCount = Number(params?.["num_steps"]);
  const encoding = snnTorchLatency(params);
  if (params?.["interpolate"] !== true) return compareSpikes(what, encoding, data, stepCount, output);
  const ramp = latencyRamp(latencyTimes(encoding, flatten(data), stepCount), stepCount);
  return compareValues(what, ramp, flatten(output), { unit: "ulp", bound: 1 });
}

function checkTimes(what: string, { data, times }: Case, stepCount: number): Comparison {
  const encoding = snnTorchLatency({
    linear: what.includes("lin"),
    normalize: what.includes("norm"),
    tau: Number(/tau([\d.]+)/.exec(what)?.[1] ?? 1),
  });
  return compareValues(what, latencyTimes(encoding, flatten(data), stepCount), flatten(times), {
    unit: "ulp",
    bound: 1,
  });
}

/** SpikingJelly says T where snnTorch says num_steps. */
function checkJellyLatency(what: string, { T, data, output }: Case): Comparison {
  const shape = what.includes("linear") ? "linear" : "logRange";
  const encoding = { kind: "latency", shape, threshold: 0, clip: false, normalize: "latest" } as const;
  return compareSpikes(what, encoding, data, Number(T), output);
}

function checkDelta(what: string, { params = {}, data, output }: Case): Comparison {
  const rows = data as readonly unknown[];
  const series = flatten(data);
  const signs = deltaSigns(
    series,
    series.length / rows.length,
    Number(params["threshold"]),
    params["padding"] === true,
  );
  const shown = params["off_spike"] === true ? signs : signs.map((sign) => Math.max(0, sign));
  return compareExactly(what, shown, flatten(output));
}

function checkRate(what: string, item: Case): Comparison {
  const { params = {}, data, output, mean_rate: meanRate, note } = item;
  const values = flatten(data);
  const steps = Number(params["num_steps"]);
  const probabilities = values.map((x) =>
    Math.min(1, Math.max(0, x * Number(params["gain"] ?? 1) + Number(params["offset"] ?? 0))),
  );
  // The first steps are silent, whatever was drawn for them.
  const first = Number(params["first_spike_time"] ?? 0);
  const seed = /manual_seed\((\d+)\)/.exec(String(note))?.[1];
  if (output !== undefined && seed !== undefined) {
    const uniforms = torchUniforms(Number(seed), steps * values.length);
    const fires = uniforms.map((u, i) => {
      const isSilent = i < first * values.length;
      return isSilent ? 0 : Number(firesAt(u, probabilities[i % values.length] ?? 0, "below"));
    });
    return { ...compareExactly(what, fires, flatten(output)), note: `torch's own uniform numbers, seed ${seed}` };
  }
  const means = flatten(meanRate).map((rate) => (rate * steps) / (steps - first));
  return compareMeans(what, probabilities, steps - first, "below", means);
}

function checkRegular(what: string, { num_steps: steps, rate, output }: Case): Comparison {
  const fires = new Uint8Array(Number(steps));
  for (const step of regularSteps(Number(rate), fires.length, 0)) fires[step] = 1;
  return compareExactly(what, fires, flatten(output));
}

function checkPhase(what: string, { K, data, output }: Case): Comparison {
  return compareSpikes(what, { kind: "phase", period: Number(K) }, data, Number(K), output);
}

function checkPopulation(what: string, item: Case): Comparison {
  const steps = Number(item["spike_ts"]);
  const neurons = Number(item["pop_dim"]);
  const [means, deviations, values] = [flatten(item["mean"]), flatten(item["std"]), flatten(item["data"])];
  const fires = new Uint8Array(steps * values.length * neurons);
  for (let i = 0; i < values.length * neurons; i++) {
    const field = i % means.length;
    const drive = gaussianDrive(values[Math.floor(i / neurons)] ?? 0, means[field] ?? 0, deviations[field] ?? 1);
    for (const step of integrateSteps(drive, steps)) fires[step * values.length * neurons + i] = 1;
  }
  return compareExactly(what, fires, flatten(item.output));
}

function checkPoisson(what: string): Comparison {
  const grid = Float32Array.of(0, 0.02, 0.1, 0.5, 0.9, 1);
  const zero = firesAt(0, 0, "atMost") ? 0 : 1;
  const means = compareMeans(what, grid, 2000, "atMost");
  return { ...means, values: means.values + 1, differing: means.differing + zero };
}

/** Our own random spikes: their mean rates, and the recorded ones, within four standard deviations of the probabilities. */
function compareMeans(
  what: string,
  probabilities: Float32Array,
  stepCount: number,
  comparison: "below" | "atMost",
  recorded: Float32Array = probabilities,
): Comparison {
  let differing = 0;
  probabilities.forEach((p, i) => {
    const bound = 4 * Math.sqrt((p * (1 - p)) / stepCount);
    const encoding = { kind: "rate", gain: 1, offset: 0, comparison } as const;
    const options = { shape: [1], stepCount, random: randomStream(i, what), sampleIds: [0] };
    const encoded = encode(encoding, Float32Array.of(p), options);
    const mean = encoded.kind === "spikes" ? countSpikes(encoded.spikes) / stepCount : Number.NaN;
    if (!(Math.abs(mean - p) <= bound && Math.abs((recorded[i] ?? p) - p) <= bound)) differing++;
  });
  return { what, values: probabilities.length, differing, note: "mean rates within 4 standard deviations" };
}

function compareSpikes(
  what: string,
  encoding: Partial<Encoding> & Pick<Encoding, "kind">,
  data: unknown,
  stepCount: number,
  output: unknown,
): Comparison {
  const values = flatten(data);
  const whole = { ...defaultEncoding(encoding.kind), ...encoding } as Encoding;
  const options = { shape: [values.length], stepCount, random: randomStream(0), sampleIds: [0] };
  const encoded = encode(whole, values, options);
  if (encoded.kind !== "spikes") throw new TypeError(`${what}: no spikes`);
  const { spikes } = encoded;
  const bits = Array.from({ length: stepCount * values.length }, (_, i) =>
    Number(hasSpike(spikes, Math.floor(i / values.length), 0, i % values.length)),
  );
  return compareExactly(what, bits, flatten(output));
}
