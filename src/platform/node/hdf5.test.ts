import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { dataGroup, dataNumbers, dataText, type UserError } from "../../base/index.ts";
import { nodePlatform } from "./index.ts";

const { hdf5, files } = nodePlatform;

const tree = dataGroup(
  [
    ["__proto__", dataText("only a name")],
    ["a; b $(c)", dataGroup([["x", dataNumbers([1.5, -2], "float32", [1, 2])]])],
    ["counts", dataNumbers([2 ** 52, -1, 0], "int64")],
    ["double", dataNumbers(Math.PI)],
    ["edges", { kind: "texts", shape: [2, 2], values: ["a", "é", "", "d"] }],
    ["empty", dataNumbers([], "float32", [0, 3])],
    ["small", dataNumbers([255, 0], "uint8")],
  ],
  [["dt", dataNumbers(1e-4)]],
);

test("a tree is read as it was written", async () => {
  const bytes = await hdf5.write(tree);
  assert.deepEqual(await hdf5.read(bytes, "tree.h5"), tree);
  assert.equal(Object.hasOwn(Object.prototype, "kind"), false);
});

test("every truncation is refused by name, and the next file is read", async () => {
  const bytes = await hdf5.write(tree);
  for (let tenth = 0; tenth < 10; tenth++) {
    await assert.rejects(
      hdf5.read(bytes.subarray(0, Math.floor((bytes.length * tenth) / 10)), "cut.h5"),
      ({ code, message }: UserError) => /^hdf5\/(wrong-magic|damaged)$/.test(code) && message.startsWith("cut.h5"),
    );
  }
  assert.deepEqual(await hdf5.read(bytes, "tree.h5"), tree);
});

test("a name with a newline is refused", async () => {
  const bytes = await hdf5.write(dataGroup([["a\nb", dataText("x")]]));
  await assert.rejects(hdf5.read(bytes, "odd.h5"), {
    code: "hdf5/name",
    message: "odd.h5: a name has control characters",
  });
});

const shared = `${process.env["LACUNA_SHARED"] ?? "../shared"}/nir/generated/all_nodes_lzf.nir`;

test("LZF is refused, never decoded wrongly", { skip: !existsSync(shared) && `no ${shared}` }, async () => {
  await assert.rejects(hdf5.read(await files.read(shared), "lzf.nir"), {
    code: "hdf5/filter",
    message: "lzf.nir at /node/nodes/affine/bias: compressed by LZF, which is not read; known: gzip, shuffle",
  });
});
