import { UserError } from "../base/index.ts";

/** A flag that takes a whole number ≥ 1. @throws `usage/flag` */
export function countOption(options: Readonly<Record<string, unknown>>, name: string): number {
  const count = Number(options[name]);
  if (Number.isInteger(count) && count >= 1) return count;
  const message = `--${name} ${String(options[name])}: expected a whole number ≥ 1`;
  throw new UserError("usage/flag", message, { exit: "usage" });
}
