import { test } from "node:test";
import { checkFaultyShape, checkProtectedShape } from "./conformance-faults.ts";
import { shapeCases } from "./conformance-shapes.ts";

for (const [name, shape] of Object.entries(shapeCases)) {
  if (shape.choice?.family === "dense") continue;
  test(`golden = RTL with faults: ${name}`, () => checkFaultyShape(name, shape));
  test(`golden = RTL with protection: ${name}`, () => checkProtectedShape(name, shape));
}
