import { quantityKinds, suggestName, throwProblems, type Problem, type Unit } from "../../base/index.ts";
import type { Target } from "./target.ts";

/**
 * Everything wrong with a target that a user wrote as JSON; an empty list means that it is a `Target`.
 * Codes: `target/not-an-object`, `target/missing-key`, `target/unknown-key`, `target/wrong-type`, `target/unknown-value`,
 * `target/wrong-unit`, `target/not-positive`, `target/not-whole`, `target/no-source`, `target/band`.
 */
export function checkTarget(document: unknown): Problem[] {
  return checkObject("target", document, {
    kind: oneOf(["target"]),
    name: checkText,
    title: checkText,
    flow: (path, value) =>
      checkObject(path, value, {
        kind: oneOf(["ice40"]),
        device: oneOf(["up5k", "hx8k"]),
        package: checkText,
      }),
    limits: (path, value) =>
      checkObject(path, value, {
        logicCells: capacity(1),
        blockRams: capacity(1),
        blockRamBits: capacity(1),
        singlePortRams: capacity(0),
        multipliers: capacity(0),
        pins: capacity(1),
      }),
    estimatedClock: quantityIn("Hz"),
    "staticPower?": quantityIn("W"),
  });
}

/** A target from a parsed JSON document. @throws one UserError with all problems of `checkTarget` */
export function parseTarget(document: unknown): Target {
  throwProblems(checkTarget(document));
  return { staticPower: undefined, ...(document as Omit<Target, "staticPower">) };
}

// ---------------------------------------------------------------------------------------------------------------------

type Check = (path: string, value: unknown) => Problem[];

/** Check the keys of an object; a key that ends in "?" may be left out. */
function checkObject(path: string, value: unknown, keys: Readonly<Record<string, Check>>): Problem[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [problem("target/not-an-object", path, `expected an object, got ${describe(value)}`)];
  }
  const checks = new Map(
    Object.entries(keys).map(([key, check]) => [key.replace("?", ""), { check, optional: key.endsWith("?") }]),
  );
  const problems: Problem[] = [];
  for (const key of Object.keys(value)) {
    if (checks.has(key)) continue;
    const message = `unknown key "${key}"; ${suggestName(key, [...checks.keys()])}`;
    problems.push(problem("target/unknown-key", `${path}.${key}`, message));
  }
  for (const [key, { check, optional }] of checks) {
    const held: unknown = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    if (held !== undefined) problems.push(...check(`${path}.${key}`, held));
    else if (!optional) problems.push(problem("target/missing-key", `${path}.${key}`, "it is missing"));
  }
  return problems;
}

function checkText(path: string, value: unknown): Problem[] {
  if (typeof value === "string" && value.trim() !== "") return [];
  return [problem("target/wrong-type", path, `expected a text, got ${describe(value)}`)];
}

function checkSource(path: string, value: unknown): Problem[] {
  if (typeof value === "string" && value.trim() !== "") return [];
  const message = `expected where the number was read, got ${describe(value)}`;
  return [problem("target/no-source", path, message, "name the document and the table")];
}

function checkNumber(path: string, value: unknown): Problem[] {
  if (typeof value === "number" && Number.isFinite(value)) return [];
  return [problem("target/wrong-type", path, `expected a number, got ${describe(value)}`)];
}

function oneOf(known: readonly string[]): Check {
  return (path, value) => {
    if (typeof value === "string" && known.includes(value)) return [];
    const remedy = typeof value === "string" ? suggestName(value, known) : `known: ${known.join(", ")}`;
    return [problem("target/unknown-value", path, `${describe(value)} is not known; ${remedy}`)];
  };
}

/** A whole number of things with its source, at least `least`. */
function capacity(least: number): Check {
  const checkCount: Check = (path, value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return checkNumber(path, value);
    if (!Number.isInteger(value)) return [problem("target/not-whole", path, `expected a whole number, got ${value}`)];
    if (value >= least) return [];
    return [problem("target/not-positive", path, `expected at least ${least}, got ${value}`)];
  };
  return (path, value) => checkObject(path, value, { value: checkCount, source: checkSource });
}

/** A positive quantity in one unit; what is unknown is left out, never 0. */
function quantityIn(unit: Unit): Check {
  const checkUnit: Check = (path, value) =>
    value === unit ? [] : [problem("target/wrong-unit", path, `expected "${unit}", got ${describe(value)}`)];
  const checkPositive: Check = (path, value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return checkNumber(path, value);
    if (value > 0) return [];
    const hint = "leave the quantity out when it is unknown";
    return [problem("target/not-positive", path, `expected more than 0 ${unit}, got ${value}`, hint)];
  };
  return (path, value) => {
    const problems = checkObject(path, value, {
      value: checkPositive,
      unit: checkUnit,
      kind: oneOf(quantityKinds),
      source: checkSource,
      "band?": (where, band) => checkObject(where, band, { low: checkNumber, high: checkNumber }),
    });
    return problems.length > 0 ? problems : checkBand(path, value as { value: number; band?: Band });
  };
}

interface Band {
  readonly low: number;
  readonly high: number;
}

function checkBand(path: string, { value, band }: { readonly value: number; readonly band?: Band }): Problem[] {
  if (band === undefined || (band.low <= value && value <= band.high)) return [];
  return [problem("target/band", `${path}.band`, `expected a band around ${value}, got ${band.low}…${band.high}`)];
}

function describe(value: unknown): string {
  if (typeof value === "string") return `"${value.slice(0, 80)}"`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "a list";
  return value === null || value === undefined ? String(value) : "an object";
}

function problem(code: string, path: string, message: string, hint?: string): Problem {
  return hint === undefined ? { code, path, message } : { code, path, message, hint };
}
