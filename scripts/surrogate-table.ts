// Prints docs/reference/surrogates.md from the definitions.
import { refusedSurrogates, surrogateDefinitions, type SurrogateName } from "../src/compute/index.ts";

/** The page, as the file holds it. */
export function surrogatePage(): string {
  const rows = (Object.keys(surrogateDefinitions) as SurrogateName[]).map((name) => {
    const { parameters, formula, source } = surrogateDefinitions[name];
    const list = Object.entries(parameters).map(([key, { initial, meaning }]) => `\`${key}\` = ${initial}: ${meaning}`);
    return `| \`${name}\` | ${escape(formula)} | ${list.join("; ") || "none"} | ${escape(source)} |`;
  });
  const refused = Object.entries(refusedSurrogates).map(([name, reason]) => `* \`${name}\` ${reason}.`);
  return [
    "# Surrogate derivatives",
    "",
    "What stands in for the derivative of the step function, u being the charged potential minus the threshold. `training.surrogate`",
    "names one, `training.surrogateScale` sets its first parameter, `training.surrogateParameters` the others; `scale` multiplies any.",
    "Written by `npm run docs:reference`; the definitions are in `src/compute/surrogates/`.",
    "",
    "| name | g(u) | parameters | in other frameworks |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    "Refused, with the reason:",
    "",
    ...refused,
    "",
  ].join("\n");
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}
