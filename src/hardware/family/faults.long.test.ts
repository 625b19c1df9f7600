import { test } from "node:test";
import { checkFaultyShape, checkProtectedShape } from "./conformance-faults.ts";
import { quickShapes, shapeCases } from "./conformance-shapes.ts";

for (const name of quickShapes) {
  const shape = shapeCases[name]!;
  test(`golden = RTL with faults: ${name}`, () => checkFaultyShape(name, shape));
  test(`golden = RTL with protection: ${name}`, () => checkProtectedShape(name, shape));
}
