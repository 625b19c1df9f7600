import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hashBytes, UserError } from "../src/base/index.ts";
import { readOnnx, runAnalog } from "../src/model/onnx/index.ts";
import { onnxModel, onnxModels } from "./onnx-models.ts";
import { randomOnnxModel } from "./onnx-random.ts";

const vectors = JSON.parse(readFileSync("tests/vectors/onnx.json", "utf8")) as {
  readonly runtime: string;
  readonly models: readonly { readonly model: string; readonly sha256: string; readonly output: readonly number[] }[];
};

const models = [...onnxModels(), ...Array.from({ length: 40 }, (_, seed) => randomOnnxModel(seed))];

test(`${models.length} models give what ${vectors.runtime} gives, within 1e-5 of the largest output`, () => {
  for (const { name, bytes, shape, input } of models) {
    const expected = vectors.models.find(({ model }) => model === name);
    assert.equal(hashBytes(bytes), expected?.sha256, `${name}: the model that was measured`);
    const network = readOnnx(bytes, name);
    assert.deepEqual(network.input, { name: "x", shape });
    const got = runAnalog(network, { shape, data: input }).get(network.output);
    assert.equal(got?.data.length, expected?.output.length);
    const scale = Math.max(...(expected?.output ?? []).map(Math.abs));
    expected?.output.forEach((value, i) => {
      const own = got?.data[i] ?? Number.NaN;
      assert.ok(Math.abs(value - own) <= 1e-5 * scale, `${name}, ${i}: ${own}, expected ${value}`);
    });
  }
});

test("the random models hold every operation and attribute that is read", () => {
  const seen = new Set<string>();
  for (const { bytes, name } of models) {
    for (const operation of readOnnx(bytes, name).operations) {
      seen.add(operation.kind === "pool" ? `${operation.of} pool` : operation.kind);
      if (operation.kind === "conv" && operation.groups > 1) seen.add("groups");
      if ("dilation" in operation && operation.dilation.some((d) => d > 1)) seen.add(`${operation.kind} dilated`);
      if ("stride" in operation && operation.stride[0] !== operation.stride[1])
        seen.add(`${operation.kind} uneven stride`);
      if ("padding" in operation && new Set(operation.padding).size > 1) seen.add(`${operation.kind} uneven padding`);
    }
  }
  const kinds = ["dense", "conv", "batchNorm", "relu", "max pool", "average pool", "globalAverage", "flatten", "add"];
  const uneven = ["conv", "pool"].flatMap((kind) => [
    `${kind} uneven stride`,
    `${kind} uneven padding`,
    `${kind} dilated`,
  ]);
  assert.deepEqual(
    [...kinds, ...uneven, "groups"].filter((what) => !seen.has(what)),
    [],
  );
});

test("an unknown operation is named with its node", () => {
  const bytes = onnxModel([["Softplus", ["x"], "y"]], {}, { input: [2], output: "y", outputShape: [2] });
  assert.throws(
    () => readOnnx(bytes, "m.onnx"),
    ({ code, message, exit }: UserError) =>
      code === "onnx/unsupported" &&
      exit === "unsupported" &&
      message.startsWith('m.onnx at "Softplus_0" ("Softplus"): this operation is not known'),
  );
});

test("every truncation and every changed byte is read or refused by a code", () => {
  for (const { bytes, name } of onnxModels()) {
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 150)) {
      const changed = bytes.slice();
      changed[at] = at % 2 === 0 ? 0xff : 0x00;
      for (const hostile of [bytes.slice(0, at), changed]) {
        try {
          readOnnx(hostile, name);
        } catch (error) {
          assert.ok(error instanceof UserError && error.code.startsWith("onnx/"), `${name} at ${at}: ${String(error)}`);
        }
      }
    }
  }
});
