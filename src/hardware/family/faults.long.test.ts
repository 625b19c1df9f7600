import { test } from "node:test";
import { checkFaultyShape } from "./conformance-faults.ts";
import { shapeCases } from "./conformance-shapes.ts";

for (const [name, shape] of Object.entries(shapeCases)) {
  if (shape.choice?.family !== "dense") test(`golden = RTL with faults: ${name}`, () => checkFaultyShape(name, shape));
}
