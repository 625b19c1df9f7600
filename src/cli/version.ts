/** The version of this package; a test compares it with package.json. */
export const version = "0.1.0";

/** How a user starts a command: from a checkout through npm, from the installed package by its name. */
export const commandPrefix: string = import.meta.url.endsWith(".ts") ? "npm run lacuna --" : "lacuna";
