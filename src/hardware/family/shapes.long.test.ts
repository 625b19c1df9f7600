import { test } from "node:test";
import { checkShape, quickShapes, shapeCases } from "./conformance-shapes.ts";

for (const [name, item] of Object.entries(shapeCases)) {
  if (quickShapes.includes(name)) continue;
  test(`golden = prediction = simulation = RTL: ${name}`, () => checkShape(name, item));
}
