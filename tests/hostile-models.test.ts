import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hashBytes, randomStream, UserError } from "../src/base/index.ts";
import { inspectModel, loadModel, parseConfig, saveModel, type Model } from "../src/experiment/index.ts";
import { convLayer, denseLayer } from "../src/model/network/index.ts";
import { neuronSpec } from "../src/model/neuron/index.ts";
import { nodePlatform } from "../src/platform/node/index.ts";
import { encodeArtifact } from "../src/runs/index.ts";
import { failureText } from "../src/cli/failure.ts";
import { withoutControls } from "../src/cli/terminal.ts";

const lif = neuronSpec("lif");
const sound: Model = {
  kind: "model",
  network: {
    kind: "network",
    name: "n",
    inputCount: 16,
    stepCount: 2,
    layers: [
      convLayer("conv", { input: { rows: 4, columns: 4, channels: 1 }, channels: 2, kernel: 3 }, lif),
      denseLayer("out", { inputCount: 8, neuronCount: 3 }, lif),
    ],
    readout: { kind: "count" },
  },
  config: parseConfig({}, "test"),
};

type Json = Record<string, unknown>;

/** A copy of the model with one part replaced; the hash is right, as a forger's would be. */
function forged(place: readonly (string | number)[], value: unknown): Uint8Array {
  const copy = structuredClone(sound) as unknown as Json;
  let at: Json = copy;
  for (const key of place.slice(0, -1)) at = at[key] as Json;
  Object.defineProperty(at, place.at(-1) ?? "", { value, enumerable: true, configurable: true, writable: true });
  return encodeArtifact(copy);
}

function withHeader(header: string): Uint8Array {
  const text = new TextEncoder().encode(header);
  const body = new TextEncoder().encode(`LACUNA-ARTIFACT 1\n${text.length}\n${header}`);
  return new Uint8Array([...body, ...new TextEncoder().encode(hashBytes(body))]);
}

function hostile(): [name: string, bytes: Uint8Array][] {
  const bytes = encodeArtifact(sound);
  const random = randomStream(9);
  const places: readonly (readonly (string | number)[])[] = [
    ["network"],
    ["config"],
    ...["kind", "name", "inputCount", "stepCount", "layers", "readout"].map((key) => ["network", key]),
    ["network", "readout", "kind"],
    ["network", "layers", 0],
    ...Object.keys(sound.network.layers[0] ?? {}).map((key) => ["network", "layers", 0, key]),
    ...Object.keys(sound.network.layers[1] ?? {}).map((key) => ["network", "layers", 1, key]),
    ["network", "layers", 1, "neuron", "model"],
    ["network", "layers", 1, "neuron", "reset"],
    ["network", "layers", 1, "neuron", "parameters"],
    ["network", "layers", 1, "neuron", "parameters", "decay"],
    ["network", "layers", 1, "weights", "shape"],
    ["network", "layers", 1, "weights", "data"],
    ["network", "layers", 1, "delays"],
    ["network", "layers", 1, "recurrentWeights"],
    ["network", "layers", 1, "quantizer"],
    ["network", "layers", 1, "normalization"],
    ["network", "layers", 1, "inputPooling"],
  ];
  const values = [undefined, -1, 1e300, 2 ** 40, "__proto__", [], {}, { __proto__: null, kind: "constructor" }];
  return [
    ...Array.from({ length: 10 }, (_, i): [string, Uint8Array] => [
      `truncated ${i}`,
      bytes.slice(0, Math.floor((bytes.length * i) / 10)),
    ]),
    ...Array.from({ length: 30 }, (_, i): [string, Uint8Array] => {
      const copy = bytes.slice();
      copy[(random.at(i) >>> 0) % bytes.length] = (random.at(100 + i) & 255) ^ 1;
      return [`changed ${i}`, copy];
    }),
    ["deep", withHeader(`{"kind":"model","network":${"[".repeat(200_000)}${"]".repeat(200_000)},"config":{}}`)],
    ["no json", withHeader("{")],
    ["array of lies", withHeader('{"kind":"model","network":{"$array":0,"type":"Float32Array","length":1e15}}')],
    ["array of a strange type", withHeader('{"kind":"model","network":{"$array":0,"type":"constructor","length":1}}')],
    [
      "proto",
      withHeader(
        '{"__proto__":{"polluted":true},"kind":"model","network":{"__proto__":{"kind":"network"}},"config":{}}',
      ),
    ],
    ...places.flatMap((place) =>
      values.map((value, v): [string, Uint8Array] => [`${place.join(".")} = ${v}`, forged(place, value)]),
    ),
  ];
}

test("no hostile model file crashes or takes memory; each is read whole or refused by a code", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hostile-models-"));
  const wrong: string[] = [];
  let count = 0;
  try {
    for (const [name, bytes] of hostile()) {
      const file = path.join(folder, "m.lacuna");
      writeFileSync(file, bytes);
      count++;
      try {
        await loadModel(nodePlatform.files, file);
      } catch (error) {
        if (!(error instanceof UserError) || !/^[a-z]+\/[a-z-]+$/.test(error.code))
          wrong.push(`${name}: ${String(error)}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.ok(count > 300, `${count} files`);
  assert.deepEqual(wrong, []);
  assert.equal(({} as Json)["polluted"], undefined);
});

test("hostile documents are refused by a code", () => {
  const nested = JSON.parse(`${'{"data":'.repeat(2000)}1${"}".repeat(2000)}`) as unknown;
  const documents = [
    null,
    1,
    [],
    nested,
    JSON.parse('{"__proto__":{"polluted":true}}'),
    { data: { set: "__proto__" } },
    { network: { hidden: [1e300] } },
    { network: { hidden: new Array<number>(1e4).fill(-1) } },
    { network: { layers: "9".repeat(1000) } },
    { training: { epochs: Number.POSITIVE_INFINITY } },
    { explore: { designs: -1 } },
    { encoding: { kind: "constructor" } },
  ];
  for (const document of documents) {
    assert.throws(
      () => parseConfig(document, "config.json"),
      (error: unknown) => error instanceof UserError && /^[a-z]+\/[a-z-]+$/.test(error.code),
      JSON.stringify(document)?.slice(0, 60),
    );
  }
  assert.equal(({} as Json)["polluted"], undefined);
});

test("a terminal sees no control characters, whatever a layer is called", async () => {
  const evil = "\u001B]0;owned\u0007\u001B[2J\u009B31m\u202Egnp\r";
  const folder = mkdtempSync(path.join(tmpdir(), "hostile-names-"));
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/;
  try {
    const file = path.join(folder, "m.lacuna");
    const layers = sound.network.layers.map((layer) => ({ ...layer, name: `${evil}${layer.name}` }));
    await saveModel(nodePlatform.files, file, { ...sound, network: { ...sound.network, name: evil, layers } });
    const found = await inspectModel(nodePlatform.files, file);
    assert.match(found.name, controls, "the name is as it was written");
    assert.doesNotMatch(withoutControls(`${found.name}: ${found.shape}`), controls);
    assert.doesNotMatch(withoutControls(JSON.stringify(found)), controls);
    assert.deepEqual(
      JSON.parse(withoutControls(JSON.stringify(found))),
      JSON.parse(JSON.stringify(found)),
      "JSON keeps its meaning",
    );
    const failure = new UserError("nir/no-chain", `"${evil}": no`, { hint: evil, path: evil });
    assert.doesNotMatch(failureText(failure, { json: false, quiet: false, color: false }), controls);
    assert.equal(withoutControls("\u001B[31mred\u001B[0m"), "\u001B[31mred\u001B[0m", "our own colors stay");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
