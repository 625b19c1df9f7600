// Compares our evaluation of random ONNX models with onnxruntime's: `npm run check:onnx -- [COUNT] [FOLDER]`, where FOLDER holds an
// installed onnxruntime-node or onnxruntime-web. Ends with 4 when something differs.
import { readOnnx, runAnalog } from "../src/model/onnx/index.ts";
import { randomOnnxModel } from "../tests/onnx-random.ts";
import { findOnnxRuntime } from "./onnx-runtime.ts";

const [count = "200", folder = "."] = process.argv.slice(2);
const runtime = await findOnnxRuntime(folder);
if (runtime === undefined) {
  console.log("-- skipped: there is no onnxruntime here; npm i --no-save --ignore-scripts onnxruntime-node@1.30.0");
} else {
  let [differing, values, worst] = [0, 0, 0];
  for (let seed = 0; seed < Number(count); seed++) {
    const model = randomOnnxModel(1000 + seed);
    const network = readOnnx(model.bytes, model.name);
    const got = runAnalog(network, { shape: model.shape, data: model.input }).get(network.output)?.data ?? [];
    const expected = await runtime.outputOf(model);
    const scale = Math.max(1e-6, ...expected.map(Math.abs));
    const errors = Array.from(expected, (value, i) => Math.abs(value - (got[i] ?? Number.NaN)) / scale);
    const bad = errors.filter((error) => !(error <= 1e-5)).length;
    values += errors.length;
    worst = Math.max(worst, ...errors);
    if (bad === 0) continue;
    differing += bad;
    console.log(`DIFF ${model.name}: ${bad} of ${errors.length} outputs differ by more than 1e-5 of the largest`);
  }
  console.log(
    `${count} random models, ${values} outputs against ${runtime.title}: ${differing} differ by more than 1e-5 of the largest output, worst ${worst.toPrecision(2)}`,
  );
  process.exitCode = differing === 0 ? 0 : 4;
}
