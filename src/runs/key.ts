import { hashValue } from "../base/index.ts";

/** A stage's inputs as flat paths: `tuning.epochs` → `10`; large values by their hash. */
export type KeyParts = Readonly<Record<string, string | number | boolean | null>>;

const longest = 120;

/** Everything a stage depends on, one entry per leaf. */
export function flattenKey(inputs: Readonly<Record<string, unknown>>): KeyParts {
  const parts: Record<string, string | number | boolean | null> = {};
  const visit = (value: unknown, path: string): void => {
    if (value === undefined) return;
    if (value === null || typeof value === "number" || typeof value === "boolean") parts[path] = value;
    else if (typeof value === "string") parts[path] = value.length > longest ? hashValue(value) : value;
    else if (ArrayBuffer.isView(value)) parts[path] = hashValue(value);
    else if (Array.isArray(value)) {
      const text = JSON.stringify(value, (_k, v: unknown) => (ArrayBuffer.isView(v) ? hashValue(v) : v));
      parts[path] = text.length > longest ? hashValue(value) : text;
    } else {
      for (const [name, member] of Object.entries(value as object))
        visit(member, path === "" ? name : `${path}.${name}`);
    }
  };
  visit(inputs, "");
  return parts;
}

/** Why a stage runs: what changed since it last ran. */
export function describeChange(now: KeyParts, before: KeyParts | undefined): string {
  if (before === undefined) return "first time";
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort();
  const changed = names.filter((name) => now[name] !== before[name]);
  if (changed.length === 0) return "run again";
  const shown = changed.slice(0, 3).map((name) => `${name}: ${show(before[name])} → ${show(now[name])}`);
  return shown.join(", ") + (changed.length > 3 ? ` and ${changed.length - 3} more` : "");
}

// ---------------------------------------------------------------------------------------------------------------------

function show(value: KeyParts[string] | undefined): string {
  if (value === undefined) return "none";
  const text = String(value);
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 8) : text;
}
