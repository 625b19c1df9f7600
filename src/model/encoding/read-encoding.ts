import { suggestName, type Problem } from "../../base/index.ts";
import { codings, type Encoding } from "./codings/index.ts";
import { defaultEncoding } from "./encode.ts";
import type { Field } from "./field.ts";

/** An encoding as a document writes it, with defaults filled in; or everything wrong with it. */
export type ReadEncoding =
  | { readonly encoding: Encoding; readonly problems: readonly [] }
  | { readonly encoding?: undefined; readonly problems: readonly [Problem, ...Problem[]] };

/** Check a document's encoding and fill in defaults. */
export function readEncoding(document: unknown, path: string): ReadEncoding {
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    return wrong("encoding/invalid", path, 'expected an object such as { "kind": "rate" }');
  }
  const { kind, ...given } = document as Readonly<Record<string, unknown>>;
  if (typeof kind !== "string" || !Object.hasOwn(codings, kind)) {
    const names = Object.keys(codings);
    const message = typeof kind === "string" ? `no encoding is called "${kind}"; ${suggestName(kind, names)}` : missing;
    return wrong("encoding/unknown", `${path}.kind`, message);
  }
  const fields = codings[kind as Encoding["kind"]].fields as Readonly<Record<string, Field<unknown>>>;
  const problems = Object.entries(given).flatMap(([name, value]): Problem[] => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const at = `${path}.${name}`;
    if (field === undefined) {
      const message = `"${kind}" has no such parameter; ${suggestName(name, Object.keys(fields))}`;
      return [{ code: "encoding/unknown-key", path: at, message }];
    }
    if (value === undefined || field.accepts(value)) return [];
    return [{ code: "encoding/range", path: at, message: `expected ${field.expected}, got ${String(value)}` }];
  });
  const [first, ...rest] = problems;
  if (first !== undefined) return { problems: [first, ...rest] };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { encoding: { ...defaultEncoding(kind as Encoding["kind"]), ...known } as Encoding, problems: [] };
}

/** Everything wrong with an encoding. */
export function checkEncoding(encoding: Encoding, path: string): readonly Problem[] {
  return readEncoding(encoding, path).problems;
}

/** Every encoding with its parameters, for tables. */
export function describeEncodings(): readonly {
  readonly kind: string;
  readonly summary: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly expected: string;
    readonly byDefault: string;
  }[];
}[] {
  return Object.values(codings).map(({ kind, summary, fields }) => ({
    kind,
    summary,
    parameters: Object.entries(fields as Readonly<Record<string, Field<unknown>>>).map(([name, field]) => ({
      name,
      meaning: field.meaning,
      expected: field.expected,
      byDefault: field.default === undefined ? "–" : String(field.default),
    })),
  }));
}

// ---------------------------------------------------------------------------------------------------------------------

const missing = `expected one of ${Object.keys(codings).join(", ")}`;

function wrong(code: string, path: string, message: string): ReadEncoding {
  return { problems: [{ code, path, message }] };
}
