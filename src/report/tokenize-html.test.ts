// A tiny HTML reader for tests, strict where browsers are lenient: every element must be closed in order.

import assert from "node:assert/strict";

export interface Tag {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** Opening tags in order, the text of the body without scripts and styles, and the title. */
export function tokenize(html: string): {
  readonly tags: readonly Tag[];
  readonly text: string;
  readonly title: string;
} {
  const tags: Tag[] = [];
  const open: string[] = [];
  let text = "";
  let title = "";
  let at = "<!doctype html>\n".length;
  assert.equal(html.slice(0, at), "<!doctype html>\n");
  while (at < html.length) {
    if (html[at] !== "<") {
      const end = html.indexOf("<", at) < 0 ? html.length : html.indexOf("<", at);
      const piece = decode(html.slice(at, end));
      if (open.at(-1) === "title" && open.length === 3) title += piece;
      else text += piece;
      at = end;
      continue;
    }
    const close = /^<\/([a-zA-Z][\w-]*)>/.exec(html.slice(at, at + 100));
    if (close !== null) {
      assert.equal(close[1], open.pop(), `at ${at}`);
      at += close[0].length;
      continue;
    }
    const tag = readTag(html, at);
    tags.push(tag.tag);
    at = tag.end;
    if (["meta", "input", "br", "hr"].includes(tag.tag.name)) continue;
    if (tag.tag.name === "script" || tag.tag.name === "style") {
      at = html.toLowerCase().indexOf(`</${tag.tag.name}`, at);
      assert.ok(at >= 0);
    }
    open.push(tag.tag.name);
  }
  assert.deepEqual(open, []);
  return { tags, text, title };
}

function readTag(html: string, start: number): { readonly tag: Tag; readonly end: number } {
  const name = /[a-zA-Z][\w-]*/y;
  name.lastIndex = start + 1;
  const found = name.exec(html);
  assert.ok(found !== null, `a bare "<" at ${start}: ${html.slice(start, start + 40)}`);
  const attributes: [string, string][] = [];
  const attribute = /\s([\w:-]+)(?:="([^"]*)")?/y;
  attribute.lastIndex = name.lastIndex;
  let end = name.lastIndex;
  for (let match = attribute.exec(html); match !== null; match = attribute.exec(html)) {
    attributes.push([match[1]!, decode(match[2] ?? "")]);
    end = attribute.lastIndex;
  }
  assert.equal(html[end], ">", `at ${end}: ${html.slice(start, end + 20)}`);
  return { tag: { name: found[0], attributes }, end: end + 1 };
}

function decode(text: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'", "#96": "`" };
  return text.replaceAll(/&([#\w]*);?/g, (whole, name: string) => {
    assert.ok(Object.hasOwn(entities, name) && whole.endsWith(";"), whole);
    return entities[name]!;
  });
}
