// Command line flags of the benchmarks.

export function flag(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Values separated by commas. */
export function list<Item extends string>(name: string, fallback: readonly Item[]): readonly Item[] {
  return (flag(name)?.split(",") as Item[] | undefined) ?? fallback;
}
