// Text becomes markup at one place: strings are escaped when they become children or attribute values, and only what this
// file made passes unescaped. A name from a file cannot reach a page in any other way.

import { assert } from "../base/index.ts";

/** HTML or SVG that is safe to print. */
export interface Markup {
  readonly kind: "markup";
  readonly text: string;
}

/** What may stand inside an element; strings are escaped. */
export type Child = Markup | string | number | undefined | readonly Child[];

/** Attribute values; undefined leaves the attribute out, true prints it empty. Numbers must be finite. */
export type Attributes = Readonly<Record<string, string | number | true | undefined>>;

/**
 * Make one element.
 *
 * @throws BugError `bug/assertion` when a name is not a plain identifier or a number is not finite
 */
export function element(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  assert(plainName.test(tag), `element name ${tag}`);
  let text = `<${tag}`;
  for (const [name, value] of Object.entries(attributes)) text += attributeText(name, value);
  text += ">";
  if (voidElements.has(tag)) return { kind: "markup", text };
  return { kind: "markup", text: `${text}${children.map(childText).join("")}</${tag}>` };
}

/** Several children without an element around them. */
export function fragment(...children: readonly Child[]): Markup {
  return { kind: "markup", text: children.map(childText).join("") };
}

/** Constant text of this code base (style, script, document type) as markup: never text from outside. */
export function constantMarkup(text: string): Markup {
  return { kind: "markup", text };
}

/** JSON for a script element: nothing in it can end the element. */
export function jsonScript(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (c) => `\\u${hex4(c)}`);
  return element("script", { type: "application/json", id }, constantMarkup(json));
}

/** The one escape function: markup characters become entities, invisible and direction-changing characters become visible. */
export function escapeText(text: string): string {
  return visibleText(text).replaceAll(/[&<>"'`]/g, (c) => entities[c] ?? c);
}

/** Show control, zero-width and direction-changing characters as their code, so that no name can pose as another. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => (keptControls.has(c) ? c : `⟨U+${hex4(c).toUpperCase()}⟩`));
}

/** A name cut to what a cell or an axis can hold. */
export function shortName(name: string, maxLength = 48): string {
  if (name.length <= maxLength) return name;
  const points = Array.from(name.slice(0, maxLength * 2 + 2));
  return points.length <= maxLength ? name : `${points.slice(0, maxLength - 1).join("")}…`;
}

/** A sentence or paragraph from outside, cut only where it would flood the page. */
export function prose(text: string): string {
  return shortName(text, 2000);
}

/** A coordinate as short as a picture needs it. */
export function coordinate(value: number): string {
  assert(Number.isFinite(value), `coordinate ${value}`);
  return String(Math.round(value * 100) / 100);
}

// ---------------------------------------------------------------------------------------------------------------------

const plainName = /^[a-zA-Z][\w:-]*$/;
const voidElements: ReadonlySet<string> = new Set(["meta", "input", "br", "hr", "link"]);
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};
/** Line ends and tabs are layout; the joiners belong to words and signs of living scripts. */
const keptControls: ReadonlySet<string> = new Set(["\n", "\t", "\u200C", "\u200D"]);

function attributeText(name: string, value: string | number | true | undefined): string {
  assert(plainName.test(name), `attribute name ${name}`);
  if (value === undefined) return "";
  if (value === true) return ` ${name}`;
  return ` ${name}="${typeof value === "number" ? coordinate(value) : escapeText(value)}"`;
}

function childText(child: Child): string {
  if (child === undefined) return "";
  if (typeof child === "string") return escapeText(child);
  if (typeof child === "number") return escapeText(String(child));
  if (isMarkup(child)) return child.text;
  return child.map(childText).join("");
}

function isMarkup(child: Markup | readonly Child[]): child is Markup {
  return !Array.isArray(child);
}

function hex4(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
}
