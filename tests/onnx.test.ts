import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hashBytes, UserError } from "../src/base/index.ts";
import { readOnnx, runAnalog } from "../src/model/onnx/index.ts";
import { onnxModel, onnxModels } from "./onnx-models.ts";

const vectors = JSON.parse(readFileSync("tests/vectors/onnx.json", "utf8")) as {
  readonly runtime: string;
  readonly models: readonly { readonly model: string; readonly sha256: string; readonly output: readonly number[] }[];
};

for (const { name, bytes, shape, input } of onnxModels()) {
  test(`the ${name} gives what ${vectors.runtime} gives, within 1e-5 of the largest output`, () => {
    const expected = vectors.models.find(({ model }) => model === name);
    assert.equal(hashBytes(bytes), expected?.sha256, "the model that was measured");
    const network = readOnnx(bytes, name);
    assert.deepEqual(network.input, { name: "x", shape });
    const got = runAnalog(network, { shape, data: input }).get(network.output);
    assert.equal(got?.data.length, expected?.output.length);
    const scale = Math.max(...(expected?.output ?? []).map(Math.abs));
    expected?.output.forEach((value, i) => {
      assert.ok(
        Math.abs(value - (got?.data[i] ?? Number.NaN)) <= 1e-5 * scale,
        `${i}: ${got?.data[i]}, expected ${value}`,
      );
    });
  });
}

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
