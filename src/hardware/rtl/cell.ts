// Small questions about cells of a netlist.

import { ToolError } from "../../base/index.ts";
import type { NetCell } from "./netlist.ts";

export function isSigned(cell: NetCell, port: string): boolean {
  return cell.parameters[`${port}_SIGNED`]?.endsWith("1") === true;
}

export function number(cell: NetCell, parameter: string): number {
  return Number.parseInt(cell.parameters[parameter] ?? "0", 2);
}

/** Bits `start`… of a binary text whose last character is bit 0; anything but 1 counts as 0. */
export function constantOf(text: string, start: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) if (text[text.length - 1 - start - i] === "1") value |= 1 << i;
  return value;
}

export function unsupported(cell: NetCell, what: string): ToolError {
  return new ToolError("rtl/unsupported-cell", `the simulator cannot run cell ${cell.type}: ${what}`, {
    command: "simulator",
    exit: "unsupported",
  });
}
