import type { Command } from "commander";
import { suggestName, UserError } from "../base/index.ts";
import type { HardwareWish } from "../experiment/index.ts";
import {
  familyNames,
  hostDoors,
  protections,
  weightStorages,
  type HardwareChoice,
  type HostDoor,
  type Protection,
} from "../hardware/family/index.ts";

/** Flags that choose hardware for a model. */
export function configureHardware(command: Command): void {
  command
    .option("--target <name>", "up5k or hx8k", "hx8k")
    .option(
      "--lanes <list>",
      "lanes per layer, such as 8,2 (default: the fastest that fit, in fit and rtl; 4,2 elsewhere)",
    )
    .option("--family <name>", familyNames.join(", "), "layer-pipeline")
    .option("--storage <name>", weightStorages.join(" or "), "dense")
    .option("--no-zero-test", "clock-driven: walk over inputs even when none has fired")
    .option("--protect <list>", `against faults: ${protections.join(", ")}`);
}

/** How a processor reaches the design. @throws `usage/flag` with a suggestion */
export function hostDoor(given: string): HostDoor {
  const match = hostDoors.find((door) => door === given);
  if (match !== undefined) return match;
  throw new UserError("usage/flag", `--host ${given}: ${suggestName(given, hostDoors)}`, { exit: "usage" });
}

/** The choice that the flags mean. @throws `usage/flag` with a suggestion */
export function hardwareChoice(options: Readonly<Record<string, unknown>>): HardwareChoice {
  return { lanes: [4, 2], ...hardwareWish(options) };
}

/** The choice that the flags mean, without lanes when none were given. @throws `usage/flag` with a suggestion */
export function hardwareWish(options: Readonly<Record<string, unknown>>): HardwareWish {
  const one = <T extends string>(flag: string, known: readonly T[]): T => {
    const given = String(options[flag]);
    const match = known.find((name) => name === given);
    if (match !== undefined) return match;
    throw new UserError("usage/flag", `--${flag} ${given}: ${suggestName(given, known)}`, { exit: "usage" });
  };
  const lanes = options["lanes"] === undefined ? undefined : String(options["lanes"]).split(",").map(Number);
  if (lanes?.some((count) => !Number.isInteger(count) || count < 1) === true) {
    const message = `--lanes ${String(options["lanes"])}: expected whole numbers ≥ 1, one per layer, such as 8,2`;
    throw new UserError("usage/flag", message, { exit: "usage" });
  }
  return {
    family: one("family", familyNames),
    weightStorage: one("storage", weightStorages),
    ...protectionOf(options["protect"]),
    ...(lanes === undefined ? {} : { lanes }),
    ...(options["zeroTest"] === false ? { zeroTest: false } : {}),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** @throws `usage/flag` with a suggestion */
function protectionOf(given: unknown): Pick<HardwareChoice, "protection"> {
  if (given === undefined) return {};
  const names = String(given).split(",");
  const wrong = names.find((name) => !protections.includes(name as Protection));
  if (wrong === undefined) return { protection: names as Protection[] };
  throw new UserError("usage/flag", `--protect ${wrong}: ${suggestName(wrong, protections)}`, { exit: "usage" });
}
