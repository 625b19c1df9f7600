/** A name from outside for a message: quoted, one line, nothing invisible, no control characters, not longer than a line. */
export function shownName(name: string): string {
  // Whoever names something with pages must not make the reader wait.
  const start = printable(JSON.stringify(name.length <= 200 ? name : name.slice(0, 200)));
  return name.length <= 200 && start.length <= 60 ? start : `${start.slice(0, 50)}…" (${name.length} characters)`;
}

/** Control, invisible and direction-changing characters as their codes; line ends and tabs stay. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === "\n" || character === "\t") return character;
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
