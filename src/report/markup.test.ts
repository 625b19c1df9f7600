import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { constantMarkup, element, escapeText, fragment, jsonScript, shortName, visibleText } from "./markup.ts";

test("strings become text, whatever they are", () => {
  const made = element("p", { title: `"><script>` }, "<b>", 3, undefined, [element("i", {}, "&")]);
  assert.equal(made.text, `<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;3<i>&amp;</i></p>`);
});

test("an object that looks like markup does not pass through JSON as text", () => {
  assert.equal(fragment(constantMarkup("<br>"), "<br>").text, "<br>&lt;br&gt;");
});

test("escaped text holds no character that could end its place", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.doesNotMatch(escapeText(text), /[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/);
    }),
    { seed: 1 },
  );
});

test("invisible and direction-changing characters are shown, joiners and line ends stay", () => {
  assert.equal(visibleText("a\u202Eb\u200Bc\u0000"), "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩");
  assert.equal(visibleText("می\u200Cخواهم\n"), "می\u200Cخواهم\n");
  assert.equal(visibleText("\uD800x"), "\uFFFDx");
});

test("embedded JSON cannot end its script element and reads back equal", () => {
  const value = { "</script>": "<!--\u2028" };
  const { text } = jsonScript("x", value);
  const inside = text.slice(text.indexOf(">") + 1, text.lastIndexOf("<"));
  assert.doesNotMatch(inside, /[<>\u2028]/);
  assert.deepEqual(JSON.parse(inside), value);
});

test("long names are cut by characters, not by halves of them", () => {
  assert.equal(shortName("abc", 3), "abc");
  assert.equal(shortName("abcd", 3), "ab…");
  assert.equal(shortName("🙂".repeat(10), 3), "🙂🙂…");
  assert.equal(shortName("x".repeat(10_000)).length, 48);
});

test("element names, attribute names and numbers are checked", () => {
  assert.throws(() => element("p onclick"), /element name/);
  assert.throws(() => element("p", { "a=b": 1 }), /attribute name/);
  assert.throws(() => element("rect", { x: Number.NaN }), /coordinate NaN/);
});
